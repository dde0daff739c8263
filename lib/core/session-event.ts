/**
 * What happened to a session:
 *
 * - `'signed-in'`, `'signed-out'`: it came to belong to a user, or belongs to none, or to another one, or ended by
 *   `destroy()`;
 * - `'rotated'`, `'renewed'`: it got a new id, because rights changed or because the old one was old;
 * - `'revoked'`: it was ended from another session or by the application;
 * - `'ended-by-limit'`: it was ended because its user had too many;
 * - `'expired'`: a request showed the id of a session whose time is over, and the store still has it. Nothing happens at
 *   the instant of expiry itself. Told once per request that shows the id: its response clears the cookie, but others may
 *   be under way;
 * - `'unknown-id'`: a request showed a well-formed id that leads to no session: it was never given out, or the session
 *   ended since, or it expired and the store has it no more;
 * - `'old-id'`: a request showed an id after the one that renewed it had been shown, and its time was over: the cookie may
 *   have been copied.
 *
 * `Sessions.open` with an id counts as a request that shows it.
 *
 * @publicApi
 */
export type SessionEventType =
  | 'signed-in'
  | 'signed-out'
  | 'rotated'
  | 'renewed'
  | 'revoked'
  | 'ended-by-limit'
  | 'expired'
  | 'unknown-id'
  | 'old-id';

/**
 * One entry of an audit log.
 *
 * @publicApi
 */
export interface SessionEvent {
  readonly type: SessionEventType;
  /**
   * Tells sessions apart and stays the same when the id changes; says nothing about the id. Of an id that leads to no
   * session, it tells ids apart.
   */
  readonly fingerprint: string;
  /** Whom it concerns, where somebody was signed in. */
  readonly userId?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * The request that did it, as Express or Fastify hands it out, for its address, user agent and route; in a gateway, that
   * of the handshake. Undefined where there is none: in jobs, with `Sessions.open`, and for what the application ends by
   * `revoke`. It holds the cookie, so the property is not enumerable: writing out an event leaves it out.
   */
  readonly request?: object;
}

/**
 * Hears of what happens to sessions; see the `listener` option.
 *
 * @publicApi
 */
export abstract class SessionListener {
  /**
   * Called after what happened is stored, and not awaited: the response does not wait for it. What it throws is logged
   * and changes nothing.
   */
  abstract onSessionEvent(event: SessionEvent): void | Promise<void>;
}
