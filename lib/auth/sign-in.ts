import { keepStamp } from '../core/session/credentials-stamp.js';
import { type Duration, parseLifespan } from '../core/options/duration.js';
import { emptySession } from '../core/session/reserved-value.js';
import { Session } from '../core/session/session.js';
import { forgetCsrfToken } from './csrf-token.js';

/**
 * The options of {@link signIn}.
 *
 * @publicApi
 */
export interface SignInOptions {
  /**
   * A value that changes with the user's credentials: the hash of the password, or a counter. If the `UserLoader` has
   * `stampOf`, the session ends at its next request after a change. The session keeps a digest only.
   */
  readonly credentialsStamp?: string;
  /**
   * Keeps the user signed in for this long, used or not, by a persistent cookie: milliseconds, or a string such as
   * `'30d'`. Without it, the module's timeouts apply and the cookie ends when the browser closes.
   */
  readonly remember?: Duration;
}

/**
 * Signs a user in: the session gets the user's id, a new session id and another CSRF secret, and its absolute lifetime
 * restarts. The session keeps its values, unless another user was signed in: then it is emptied first. To change the
 * lifetime further, call `setLifetime` afterwards.
 *
 * The change is committed with the response, like any other. Rejects with SESSION_STORE_UNAVAILABLE when the session
 * cannot be loaded, and with SESSION_VALUE_UNSUPPORTED when the user's id is not a non-empty string.
 *
 * ```ts
 * await signIn(session, user, { credentialsStamp: user.passwordHash, remember: '30d' });
 * ```
 *
 * @publicApi
 */
export async function signIn(
  session: Session<object>,
  user: string | { readonly id: string },
  { credentialsStamp, remember }: SignInOptions = {},
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
  keepStamp(session, credentialsStamp);
  forgetCsrfToken(session);
}

/**
 * Ends the session immediately, on every server, and clears the cookie.
 *
 * @publicApi
 */
export async function signOut(session: Session<object>): Promise<void> {
  await session.destroy();
}

function now(session: Session<object>): number {
  return Session.stateOf(session).backend.now();
}
