import { randomBytes } from 'node:crypto';
import { OwnValue } from '../core/own-value.js';
import { isSameSecret } from '../core/same-secret.js';
import type { Session } from '../core/session.js';

const kept = new OwnValue<string>('csrf');

const BYTES = 32;

/**
 * A token that the forms of this session send back, for the `CsrfGuard` to know them by. Each call masks the secret behind
 * it anew, so that compressed pages do not give it away (BREACH); all of its tokens are good until the next
 * {@link signIn}. The first call makes the secret, and with it a session.
 *
 * ```ts
 * const token = await csrfToken(session); // <input type="hidden" name="_csrf" value="...">
 * ```
 *
 * @publicApi
 */
export async function csrfToken(session: Session<object>): Promise<string> {
  const found = await kept.in(session);
  const secret = isSecret(found) ? found : await kept.update(session, secretAfter);
  return masked(Buffer.from(secret, 'base64url'));
}

/** @internal */
export async function isCsrfToken(session: Session<object>, given: unknown): Promise<boolean> {
  const expected = await kept.in(session);
  const secret = unmasked(given);
  return isSecret(expected) && secret !== undefined && isSameSecret(expected, secret);
}

function isSecret(found: unknown): found is string {
  return typeof found === 'string' && Buffer.from(found, 'base64url').length === BYTES;
}

function secretAfter(found: unknown): string {
  return isSecret(found) ? found : randomBytes(BYTES).toString('base64url');
}

/** A pad that is used once, and the secret under it. */
function masked(secret: Buffer): string {
  const pad = randomBytes(secret.length);
  return Buffer.concat([pad, xor(secret, pad)]).toString('base64url');
}

/** The secret under a token; undefined for what has not the form of one, or is written in another way. */
function unmasked(token: unknown): string | undefined {
  if (typeof token !== 'string') return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 2 * BYTES || bytes.toString('base64url') !== token) return undefined;
  return xor(bytes.subarray(BYTES), bytes.subarray(0, BYTES)).toString('base64url');
}

function xor(bytes: Buffer, pad: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ pad[index]!));
}

/**
 * Has the next call make another secret.
 *
 * @internal
 */
export function forgetCsrfToken(session: Session<object>): void {
  kept.delete(session);
}
