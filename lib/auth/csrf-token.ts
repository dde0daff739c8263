import { randomBytes } from 'node:crypto';
import { OwnValue } from '../core/own-value.js';
import { isSameSecret } from '../core/same-secret.js';
import type { Session } from '../core/session.js';

const kept = new OwnValue<string>('csrf');

/**
 * The token that the forms of this session send back, for the `CsrfGuard` to know them by: the same one until the next
 * {@link signIn}, in requests that overlap too. The first call makes it, and with it a session.
 *
 * ```ts
 * const token = await csrfToken(session); // <input type="hidden" name="_csrf" value="...">
 * ```
 *
 * @publicApi
 */
export async function csrfToken(session: Session<object>): Promise<string> {
  return (
    (await kept.in(session)) ??
    kept.update(session, (token) => token ?? randomBytes(32).toString('base64url'))
  );
}

/** @internal */
export async function isCsrfToken(session: Session<object>, given: unknown): Promise<boolean> {
  const expected = await kept.in(session);
  return expected !== undefined && typeof given === 'string' && isSameSecret(expected, given);
}

/**
 * Has the next call make another token.
 *
 * @internal
 */
export function forgetCsrfToken(session: Session<object>): void {
  kept.delete(session);
}
