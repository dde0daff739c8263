import type { LiveRecord, SessionRecord } from './session-record.js';

/**
 * How a save ended:
 *
 * - `'saved'`: the record was at the expected revision and is now the one given;
 * - `'conflict'`: there is a live record, at another revision; nothing was written;
 * - `'gone'`: there is no record, or it has expired; nothing was written.
 *
 * @publicApi
 */
export type SaveOutcome = 'saved' | 'conflict' | 'gone';

/**
 * Where sessions are kept, and the injection token of the store in use.
 *
 * A store keeps records under their key until `expiresAt` and promises what each member says. It takes no decision of
 * its own: whatever it cannot do, for whatever reason, it throws, and the request is answered with 503. Records go in
 * and out as copies; a store neither changes the one it is given nor hands out one it keeps.
 *
 * `describeSessionStore` of `nestjs-sessions/testing` checks every promise made here.
 *
 * @publicApi
 */
export abstract class SessionStore {
  /**
   * Finds the record of a key.
   *
   * Missing: undefined. Expired (`expiresAt` is now or past): undefined, or the record as it is, whose `expiresAt` says so.
   * It counts as absent either way, and nothing of it is served; a store that still has it hands it out, so that the
   * application hears that a session expired and does not take its id for a forged one.
   *
   * Sees every write that was answered before the call.
   * Throws what `decodeRecord` throws for a record that cannot be decoded, and whatever the client throws.
   */
  abstract load(key: string): Promise<SessionRecord | undefined>;

  /**
   * Stores a record under a key that is free.
   *
   * Resolves to false, with nothing stored, when a live record has the key; an expired one counts as free. Atomic: of
   * several creates of one key at once, exactly one resolves to true.
   */
  abstract create(record: SessionRecord): Promise<boolean>;

  /**
   * Replaces the live record of `record.key`, if it is at the expected revision.
   *
   * Missing or expired: `'gone'`, and nothing is created. At another revision: `'conflict'`. Atomic: of several saves
   * that expect one revision, exactly one answers `'saved'`.
   */
  abstract save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome>;

  /**
   * Moves the expiry of a live record that is still at the given revision, to a later instant only: a touch that
   * arrives late leaves the later expiry, and resolves to true.
   *
   * Resolves to false, and creates nothing, when the record is missing, expired or at another revision (the save that
   * wrote it has moved its expiry already). Changes neither data nor revision, so that no save conflicts with a touch.
   * Atomic: of several touches at once, the latest expiry stays.
   */
  abstract touch(key: string, expiresAt: number, revision: string): Promise<boolean>;

  /**
   * Removes whatever is stored under a key, and resolves to whether a live record was there. Removing nothing is no
   * error. A save that is under way at the same time finds the record gone, or is removed with it.
   *
   * With a revision, removes a record at that one and no other: false, with nothing removed, at another revision. Atomic:
   * a save that is under way finds the record gone, or is kept.
   */
  abstract delete(key: string, revision?: string): Promise<boolean>;
}

/**
 * What a store without expiry of its own offers besides, so that expired records do not pile up.
 *
 * @publicApi
 */
export interface ExpiredDeletion {
  /**
   * Removes up to `limit` expired records and resolves to how many there were. Its cost grows with what has expired,
   * not with what is stored. A store that several machines share keeps a record for a minute after its expiry, since
   * their clocks may differ.
   */
  deleteExpired(limit?: number): Promise<number>;
}

/**
 * What a store offers besides where sessions are to be listed and ended by their user.
 *
 * @publicApi
 */
export interface UserIndex {
  /**
   * Finds the live records that belong to a user: those and no others, as they are stored, in no particular order.
   *
   * None: an empty list. Expired records, markers, and records that a save has given to another user or to none are left
   * out, and so are those that cannot be decoded; one in a newer format is left out, or found without its data. Users are told apart as texts, letter by letter. Sees every write that
   * was answered before the call, whatever crashed meanwhile; of a write under way, it sees the record before or after. A
   * session that is rotated meanwhile is among them, under its old key or its new one. Its cost grows with the live
   * sessions of the user, and with a few that ended not long ago, not with what is stored. Throws whatever the client
   * throws.
   */
  listByUser(userId: string): Promise<LiveRecord[]>;
}

/**
 * What a store with a clock of its own offers besides, so that servers whose clocks differ agree on when sessions end.
 *
 * @publicApi
 */
export interface StoreTime {
  /** The current instant by the store's clock: milliseconds since the epoch. Throws whatever the client throws. */
  currentTime(): Promise<number>;
}
