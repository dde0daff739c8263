/**
 * The type of a session event:
 *
 * - `'signed-in'`, `'signed-out'`: a user got the session, or lost it: to another user, to none, or by `destroy()`;
 * - `'rotated'`, `'renewed'`: it got a new id, because rights changed or because the old id had reached its age;
 * - `'revoked'`: another session or the application ended it;
 * - `'evicted'`: it ended because its user had more sessions than the limit;
 * - `'expired'`: a request presented the id of an expired session that the store still has. Nothing is emitted at the
 *   instant of expiry itself. Emitted once per request that presents the id: its response clears the cookie, but other
 *   requests may be under way;
 * - `'unknown-id'`: a request presented a well-formed id that leads to no session. The id was never issued, the session
 *   has ended, or it expired and the store no longer has it;
 * - `'replayed-id'`: a request presented an old id after its renewal was confirmed and the old id's time was over: the
 *   cookie may have been copied.
 *
 * `Sessions.open` with an id counts as a request that presents it.
 *
 * @publicApi
 */
export type SessionEventType =
  | 'signed-in'
  | 'signed-out'
  | 'rotated'
  | 'renewed'
  | 'revoked'
  | 'evicted'
  | 'expired'
  | 'unknown-id'
  | 'replayed-id';

/**
 * One entry of an audit log.
 *
 * @publicApi
 */
export interface SessionEvent {
  /** The type of the event. */
  readonly type: SessionEventType;
  /**
   * Identifies the session and stays the same when the id changes; reveals nothing about the id. For an id that leads
   * to no session, it identifies the id.
   */
  readonly fingerprint: string;
  /** The user concerned, if the session had one. */
  readonly userId?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * The request that caused the event, as Express or Fastify provides it, for its address, user agent and route; in a
   * gateway, that of the handshake. Undefined where there is none: in jobs, in microservices and with `Sessions.open`.
   *
   * A `'revoked'` event has none either, since `Sessions.revoke` and `revokeAll` do not know on whose behalf they run.
   * A request that calls them logs that itself. The request holds the cookie, so the property is not enumerable, and a
   * serialised event leaves it out.
   */
  readonly request?: object;
}

/**
 * Receives session events; see the `listener` option.
 *
 * @publicApi
 */
export abstract class SessionListener {
  /**
   * Called after the change is stored, and not awaited: the response does not wait for it. An error it throws is logged
   * and changes nothing.
   */
  abstract onSessionEvent(event: SessionEvent): void | Promise<void>;
}
