import { randomBytes } from 'node:crypto';
import { ReservedValue } from '../core/session/reserved-value.js';
import { isSameSecret } from '../core/session/same-secret.js';
import type { Session } from '../core/session/session.js';

const kept = new ReservedValue<string>('csrf');

const BYTES = 32;

/**
 * Returns a token that forms of this session send back, and that `CsrfGuard` checks. Each call masks the secret anew,
 * so that compressed pages do not leak it (BREACH). All tokens stay valid until the next {@link signIn}. The first call
 * creates the secret, and starts a session if there is none.
 *
 * ```ts
 * const token = await csrfToken(session); // <input type="hidden" name="_csrf" value="...">
 * ```
 *
 * @publicApi
 */
export async function csrfToken(session: Session<object>): Promise<string> {
  const found = await kept.get(session);
  const secret = isSecret(found) ? found : await kept.update(session, secretAfter);
  return masked(Buffer.from(secret, 'base64url'));
}

/** @internal */
export async function isCsrfToken(session: Session<object>, given: unknown): Promise<boolean> {
  const expected = await kept.get(session);
  const secret = unmasked(given);
  return isSecret(expected) && secret !== undefined && isSameSecret(expected, secret);
}

function isSecret(found: unknown): found is string {
  return typeof found === 'string' && Buffer.from(found, 'base64url').length === BYTES;
}

function secretAfter(found: unknown): string {
  return isSecret(found) ? found : randomBytes(BYTES).toString('base64url');
}

/** A one-time pad, followed by the secret masked with it. */
function masked(secret: Buffer): string {
  const pad = randomBytes(secret.length);
  return Buffer.concat([pad, xor(secret, pad)]).toString('base64url');
}

/** The secret behind a token; undefined for a malformed token, or one in a non-canonical encoding. */
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
 * Deletes the secret, so that the next `csrfToken` call creates another.
 *
 * @internal
 */
export function forgetCsrfToken(session: Session<object>): void {
  kept.delete(session);
}
