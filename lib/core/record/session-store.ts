import type { LiveRecord, SessionRecord } from './session-record.js';

/**
 * How a save ended:
 *
 * - `'saved'`: the record was at the expected revision, and the given one replaced it;
 * - `'conflict'`: there is a live record at another revision; nothing was written;
 * - `'gone'`: there is no record, or it has expired; nothing was written.
 *
 * @publicApi
 */
export type SaveOutcome = 'saved' | 'conflict' | 'gone';

/**
 * Which expiry a save stores: that of the given record, or the later one of the given and the stored record.
 *
 * @publicApi
 */
export type SavedExpiry = 'given' | 'latest';

/**
 * The expiry that a save stores.
 *
 * @internal
 */
export function expiryAfter(
  expiry: SavedExpiry,
  given: { readonly expiresAt: number },
  stored: { readonly expiresAt: number },
): number {
  return expiry === 'given' ? given.expiresAt : Math.max(given.expiresAt, stored.expiresAt);
}

/**
 * Where sessions are kept, and the injection token of the store in use.
 *
 * A store keeps records under their key until `expiresAt` and promises what each member says. It makes no decision of
 * its own: if it cannot do something, for whatever reason, it throws, and the application answers the request with 503.
 * Records go in and out as copies; a store neither changes the one it receives nor returns one it keeps.
 *
 * `describeSessionStore` of `nestjs-sessions/testing` checks every promise made here.
 *
 * @publicApi
 */
export abstract class SessionStore {
  /**
   * Finds the record of a key.
   *
   * Missing: undefined. Expired (`expiresAt` is now or past): undefined, or the record as it is, with that `expiresAt`.
   * The session counts as absent either way, and nothing of it is served. A store that still has the record returns it,
   * so that the library reports an expired session and not an unknown id.
   *
   * Reflects every write that was answered before the call. Rejects with the error of
   * `decodeRecord` for a record that cannot be decoded, and with any error of the client.
   */
  abstract load(key: string): Promise<SessionRecord | undefined>;

  /**
   * Stores a record under a free key.
   *
   * Resolves to false, with nothing stored, if a live record has the key; an expired one counts as free. Atomic: of
   * several concurrent creates of one key, exactly one resolves to true.
   */
  abstract create(record: SessionRecord): Promise<boolean>;

  /**
   * Replaces the live record of `record.key`, if it is at the expected revision.
   *
   * Missing or expired: `'gone'`, and nothing is created. At another revision: `'conflict'`. Atomic: of several saves
   * that expect one revision, exactly one answers `'saved'`.
   *
   * With `'latest'`, the later expiry stays, since a touch may have moved it while the save was under way. By default,
   * the given one is stored.
   */
  abstract save(
    record: SessionRecord,
    expectedRevision: string,
    expiry?: SavedExpiry,
  ): Promise<SaveOutcome>;

  /**
   * Moves the expiry of a live record that is still at the given revision, to a later instant only. A touch that
   * arrives late leaves the later expiry, and resolves to true.
   *
   * Resolves to false, and creates nothing, if the record is missing, expired or at another revision: the save that
   * wrote that revision has already moved the expiry. Changes neither data nor revision, so that no save conflicts with
   * a touch. Atomic: of several concurrent touches, the latest expiry stays.
   */
  abstract touch(key: string, expiresAt: number, revision: string): Promise<boolean>;

  /**
   * Removes any record under a key, and resolves to whether a live one was there. Removing nothing is no error. A
   * concurrent save finds the record gone, or its record is removed too.
   *
   * With a revision, removes only a record at that revision; false, with nothing removed, at another one. Atomic: a
   * concurrent save finds the record gone, or its record is kept.
   */
  abstract delete(key: string, revision?: string): Promise<boolean>;
}

/**
 * Optional ability of a store without expiry of its own, so that expired records do not pile up.
 *
 * @publicApi
 */
export interface ExpiredDeletion {
  /**
   * Removes up to `limit` expired records and resolves to how many there were. Its cost grows with the number of
   * expired records, not with the number stored. A store that several machines share keeps a record for a minute after
   * its expiry, since their clocks may differ.
   */
  deleteExpired(limit?: number): Promise<number>;
}

/**
 * Optional ability of a store, for listing and ending sessions by their user.
 *
 * @publicApi
 */
export interface UserIndex {
  /**
   * Finds exactly the live records that belong to a user, as they are stored, in no particular order.
   *
   * None: an empty list. It omits expired records, tombstones, records that a save has given to another user or to
   * none, and records that cannot be decoded. It omits a record in a newer format, or returns it without its data. User
   * ids are compared as texts, character by character.
   *
   * Reflects every write that was answered before the call, whatever crashed meanwhile; for a concurrent write, it
   * finds the record before or after. It finds a session that is rotated meanwhile under its old key or its new one.
   * Its cost grows with the live sessions of the user, and with a few that ended recently, not with the number stored.
   * Throws whatever the client throws.
   */
  listByUser(userId: string): Promise<LiveRecord[]>;
}

/**
 * Optional ability of a store with a clock of its own, so that servers whose clocks differ agree on when sessions
 * end.
 *
 * @publicApi
 */
export interface StoreTime {
  /** The current instant by the store's clock: milliseconds since the epoch. Throws whatever the client throws. */
  currentTime(): Promise<number>;
}
