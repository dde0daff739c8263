import type { LifetimePolicy } from '../core/options/lifetime.js';
import { lastUse } from '../core/options/deadlines.js';
import { dataWhere } from '../core/session/reserved-key.js';
import type { Session } from '../core/session/session.js';
import type { Frozen, SessionData, Storable } from '../core/session/session-data.js';
import type { LiveRecord } from '../core/record/session-record.js';
import { deepFreeze } from '../core/record/stored-value.js';
import { lineageOf } from './lineage.js';
import { publicIdOf } from './public-id.js';

/**
 * A session as its user may see it, on a page that lists where they are signed in. Nothing in it opens the session.
 * Instants are milliseconds since the epoch.
 *
 * @publicApi
 */
export interface UserSession<T extends Storable<T> = SessionData> {
  /**
   * Identifies the session to `sessions.revoke`, across rotations. Its holder can end the session and read the user id,
   * so give it to that user only.
   */
  readonly publicId: string;
  /** Whether it is the session passed as `current`. */
  readonly isCurrent: boolean;
  /** When the lineage began, signed in or not. */
  readonly createdAt: number;
  /** When the user got it; missing in sessions older than this field. */
  readonly signedInAt?: number;
  /**
   * When it was last used, or up to a tenth of its idle timeout before that: the library records use at that interval.
   * Missing if the record does not hold it: with a lifetime `{ at }`, and in the last idle timeout before the absolute
   * limit.
   */
  readonly lastSeenAt?: number;
  /** When it ends unless it is used before. */
  readonly expiresAt: number;
  /** When it ends however much it is used. */
  readonly absoluteExpiresAt: number;
  /** The values of the requested keys, frozen, if the session has them. */
  readonly data: Frozen<Partial<T>>;
}

/**
 * The options of `sessions.listByUser`.
 *
 * @publicApi
 */
export interface ListOptions<T extends Storable<T> = SessionData> {
  /** The session of the request, which the list marks as `isCurrent`. */
  readonly current?: Session<object> | undefined;
  /**
   * The keys whose values each entry includes.
   *
   * @default none
   */
  readonly show?: readonly (keyof T & string)[];
}

/** @internal */
export function userSessionOf<T extends Storable<T>>(
  record: LiveRecord,
  policy: LifetimePolicy,
  { currentLineage, show }: { currentLineage: string | undefined; show: readonly string[] },
): UserSession<T> {
  const { userId = '', createdAt, signedInAt, expiresAt, absoluteExpiresAt } = record;
  const lastSeenAt = lastUse(policy, record);
  const data = Object.entries(dataWhere(record.data, 'application'));
  return {
    publicId: publicIdOf(userId, lineageOf(record)),
    isCurrent: lineageOf(record) === currentLineage,
    createdAt,
    ...(signedInAt !== undefined && { signedInAt }),
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    expiresAt,
    absoluteExpiresAt,
    data: deepFreeze(Object.fromEntries(data.filter(([key]) => show.includes(key)))) as never,
  };
}
