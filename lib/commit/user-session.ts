import { type LifetimePolicy, lastUse } from '../core/lifetime.js';
import { dataWhere } from '../core/reserved-key.js';
import type { Session } from '../core/session.js';
import type { Frozen, SessionData } from '../core/session-data.js';
import type { LiveRecord } from '../core/session-record.js';
import { deepFreeze } from '../core/stored-value.js';
import { visitOf } from './visit.js';
import { visitHandle } from './visit-handle.js';

/**
 * A session as its user may see it, on a page that lists where they are signed in. Nothing in it opens the session.
 * Instants are milliseconds since the epoch.
 *
 * @publicApi
 */
export interface UserSession<T extends object = SessionData> {
  /**
   * Names the session to `sessions.revoke`, across rotations. Whoever has it can have the session ended, and learns the
   * user id from it: show it to the user alone.
   */
  readonly handle: string;
  /** Whether it is the session that was given as `current`. */
  readonly isCurrent: boolean;
  /** When the visit began, signed in or not. */
  readonly createdAt: number;
  /** When it came to belong to the user; missing in sessions from before this was noted. */
  readonly signedInAt?: number;
  /**
   * When it was last used, or up to a tenth of its idle timeout before that: use is noted so often. Missing where the
   * record does not tell: with a lifetime `{ at }`, and in the last idle timeout before the absolute limit.
   */
  readonly lastSeenAt?: number;
  /** When it ends unless it is used before. */
  readonly expiresAt: number;
  /** When it ends however much it is used. */
  readonly absoluteExpiresAt: number;
  /** The values of the keys that were asked for, frozen, where it has them. */
  readonly data: Frozen<Partial<T>>;
}

/**
 * What `sessions.listByUser` is to show.
 *
 * @publicApi
 */
export interface ListOptions<T extends object = SessionData> {
  /** The session of the request, to be marked in the list. */
  readonly current?: Session<object> | undefined;
  /**
   * The keys whose values are shown.
   *
   * @default none
   */
  readonly show?: readonly (keyof T & string)[];
}

/** @internal */
export function userSessionOf<T extends object>(
  record: LiveRecord,
  policy: LifetimePolicy,
  { currentVisit, show }: { currentVisit: string | undefined; show: readonly string[] },
): UserSession<T> {
  const { userId = '', createdAt, signedInAt, expiresAt, absoluteExpiresAt } = record;
  const lastSeenAt = lastUse(policy, record);
  const data = Object.entries(dataWhere(record.data, 'application'));
  return {
    handle: visitHandle(userId, visitOf(record)),
    isCurrent: visitOf(record) === currentVisit,
    createdAt,
    ...(signedInAt !== undefined && { signedInAt }),
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    expiresAt,
    absoluteExpiresAt,
    data: deepFreeze(Object.fromEntries(data.filter(([key]) => show.includes(key)))) as never,
  };
}
