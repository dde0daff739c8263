import { keepStamp } from '../core/credentials-stamp.js';
import { type Duration, parseLifespan } from '../core/duration.js';
import { emptySession } from '../core/own-value.js';
import { Session } from '../core/session.js';
import { forgetCsrfToken } from './csrf-token.js';

/**
 * How a user is signed in.
 *
 * @publicApi
 */
export interface SignInOptions {
  /**
   * What changes when the user's credentials do: the hash of the password, or a counter. With a `UserLoader` that knows
   * the present one, the session ends at its next request after a change. The session keeps a digest only.
   */
  readonly stamp?: string;
  /**
   * Keeps the user signed in this long, used or not, by a cookie that outlives the browser: milliseconds, or a text like
   * `'30d'`. Without it, the timeouts of the module hold and the browser forgets the cookie when it closes.
   */
  readonly remember?: Duration;
}

/**
 * Makes the session a user's: it gets a new id and another CSRF token, and its absolute lifetime begins anew. What the
 * visitor had in it before stays, unless that visitor was another user: then the session is emptied first. To change
 * the lifetime further, call `setLifetime` after it.
 *
 * Written with the response, as all changes are. Rejects with SESSION_STORE_UNAVAILABLE when the session cannot be
 * loaded, and with SESSION_VALUE_UNSUPPORTED when the user has no id that is a non-empty text.
 *
 * ```ts
 * await signIn(session, user, { stamp: user.passwordHash, remember: '30d' });
 * ```
 *
 * @publicApi
 */
export async function signIn(
  session: Session<object>,
  user: string | { readonly id: string },
  { stamp, remember }: SignInOptions = {},
): Promise<void> {
  const userId = typeof user === 'string' ? user : user.id;
  const rememberMs = remember === undefined ? undefined : parseLifespan('remember', remember);
  await session.load();
  if (session.userId !== undefined && session.userId !== userId) emptySession(session);
  session.userId = userId;
  session.rotate();
  session.setLifetime(
    rememberMs === undefined ? 'until-browser-closes' : { at: new Date(now(session) + rememberMs) },
  );
  keepStamp(session, stamp);
  forgetCsrfToken(session);
}

/**
 * Ends the session, now and on every server, and has the browser forget its cookie.
 *
 * @publicApi
 */
export async function signOut(session: Session<object>): Promise<void> {
  await session.destroy();
}

function now(session: Session<object>): number {
  return Session.stateOf(session).backend.now();
}
