import { hash } from 'node:crypto';
import { ReservedValue } from './reserved-value.js';
import { isSameSecret } from './same-secret.js';
import type { Session } from './session.js';

/** Sessions keep only the SHA-256 of the stamp: it may be a password hash, or useful together with one. */
const keptDigest = new ReservedValue<string>('stamp');

/**
 * Notes the credentials with which a session was signed in.
 *
 * @internal
 */
export function keepStamp(session: Session<object>, stamp: string | undefined): void {
  if (stamp === undefined) keptDigest.delete(session);
  else keptDigest.set(session, digestOf(stamp));
}

/**
 * Whether a session was signed in with these credentials; false if the session notes none.
 *
 * @internal
 */
export async function hasStamp(session: Session<object>, stamp: string): Promise<boolean> {
  const kept: unknown = await keptDigest.get(session);
  return typeof kept === 'string' && isSameSecret(kept, digestOf(stamp));
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
