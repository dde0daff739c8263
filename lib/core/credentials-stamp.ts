import { hash } from 'node:crypto';
import { OwnValue } from './own-value.js';
import { isSameSecret } from './same-secret.js';
import type { Session } from './session.js';

/** Of the stamp, sessions keep the SHA-256 only: it may be the hash of a password, or of use with one. */
const keptDigest = new OwnValue<string>('stamp');

/**
 * Notes with which credentials a session was signed in.
 *
 * @internal
 */
export function keepStamp(session: Session<object>, stamp: string | undefined): void {
  if (stamp === undefined) keptDigest.delete(session);
  else keptDigest.set(session, digestOf(stamp));
}

/**
 * Tells whether these are the credentials with which a session was signed in; a session that notes none had others.
 *
 * @internal
 */
export async function hasStamp(session: Session<object>, stamp: string): Promise<boolean> {
  const kept = await keptDigest.in(session);
  return kept !== undefined && isSameSecret(kept, digestOf(stamp));
}

/**
 * The data of a session that was signed in with these credentials.
 *
 * @internal
 */
export function stampedData(stamp: string): Readonly<Record<string, unknown>> {
  return { [keptDigest.key]: digestOf(stamp) };
}

function digestOf(stamp: string): string {
  return hash('sha256', stamp, 'base64url');
}
