import { outlineIn } from '../core/record/newer-record.js';
import { bearsRevision } from '../core/record/revision.js';
import { SessionError, recordUnreadable, storeUnavailable } from '../core/errors/session-errors.js';
import {
  assertRecord,
  type LiveRecord,
  type SessionRecord,
} from '../core/record/session-record.js';
import type { SavedExpiry, SessionStore } from '../core/record/session-store.js';
import type { LoadedSession } from '../core/session/session-phase.js';
import { userIndexOf } from '../core/record/user-index.js';
import type { CommitSettings } from './commit-settings.js';
import { Deadline } from './deadline.js';
import type { SaveResult } from './save-result.js';

/** Number of tries for a write whose outcome stays unknown; the store looks it up after each. */
const MAX_TRIES = 3;

/**
 * A store for the time of one operation: it bounds every call and checks every loaded record. It looks up a write whose
 * answer was lost, by its revision, until the outcome is verified.
 *
 * It also looks up a write that, by the store's answer, did not happen. A client may have sent it twice, and then the
 * answer to the second hides the success of the first. An outcome that stays unknown rejects with
 * SESSION_STORE_UNAVAILABLE.
 *
 * @internal
 */
export class VerifiedStore {
  readonly #deadline: Deadline;

  private constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {
    this.#deadline = new Deadline(settings.clock, settings.storeTimeoutMs);
  }

  /** Runs an operation; its time begins now. */
  static async during<T>(
    store: SessionStore,
    settings: CommitSettings,
    task: (store: VerifiedStore) => Promise<T>,
  ): Promise<T> {
    const certain = new VerifiedStore(store, settings);
    try {
      return await task(certain);
    } finally {
      certain.#deadline.end();
    }
  }

  /**
   * The live record of a key. An expired session counts as absent, even if the store still has it; only the fact that
   * it expired is reported.
   */
  async load(
    key: string,
    whenExpired: (record: LiveRecord) => void = () => undefined,
  ): Promise<SessionRecord | undefined> {
    try {
      const record = await this.bounded('loading', () => this.store.load(key));
      if (!record) return undefined;
      assertRecordOf(key, record);
      if (this.#isLive(record)) return record;
      if (record.kind === 'live') whenExpired(record);
      return undefined;
    } catch (error) {
      if (SessionError.is(error, 'SESSION_RECORD_UNREADABLE')) {
        this.settings.report(error.message, error.cause);
        return undefined;
      }
      const outline = outlineIn(error);
      if (outline && !this.#isLive(outline)) return undefined;
      throw error;
    }
  }

  /**
   * Stores a new session, and resolves to undefined if a record that this call did not create has its key. After a try
   * that left no trace, it draws another session. Should the first take effect late, its id is unknown to everyone, and
   * it revives no session that has ended since.
   */
  async create(draw: () => LoadedSession): Promise<LoadedSession | undefined> {
    let session = draw();
    const isCreated = await this.#verified(
      'creating',
      async () => (await this.store.create(session.record)) || undefined,
      async () => {
        const found = await this.load(session.record.key);
        if (found) return bearsRevision(found, session.record.revision);
        session = draw();
        return undefined;
      },
    );
    return isCreated ? session : undefined;
  }

  async save(
    record: SessionRecord,
    expectedRevision: string,
    expiry: SavedExpiry = 'given',
  ): Promise<SaveResult> {
    const { key, revision } = record;
    return this.#verified<SaveResult>(
      'saving',
      async () => {
        const outcome = await this.store.save(record, expectedRevision, expiry);
        return outcome === 'conflict' ? undefined : { outcome };
      },
      async () => {
        const found = await this.load(key);
        if (!found) return { outcome: 'gone' };
        if (bearsRevision(found, revision)) return { outcome: 'saved' };
        return found.revision === expectedRevision ? undefined : { outcome: 'conflict', found };
      },
    );
  }

  async listByUser(userId: string): Promise<LiveRecord[]> {
    const index = userIndexOf(this.store);
    const records = await this.bounded('listing by user', () => index.listByUser(userId));
    return records.filter((record) => record.userId === userId && this.#isLive(record));
  }

  async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.bounded('touching', () => this.store.touch(key, expiresAt, revision));
  }

  async delete({ key, revision }: SessionRecord): Promise<boolean> {
    return this.#verified(
      'deleting',
      () => this.store.delete(key, revision),
      async () => {
        const found = await this.load(key);
        if (!found) return true;
        return found.revision === revision ? undefined : false;
      },
    );
  }

  /** Ends the record under a key, wherever others have moved it meanwhile. */
  async remove(key: string): Promise<boolean> {
    return this.#verified(
      'ending a session',
      () => this.store.delete(key),
      async () => ((await this.load(key)) ? undefined : true),
    );
  }

  /**
   * Makes a write, and looks up its outcome if no answer came, or a doubtful one. If the write has not happened, it is
   * made again: at most one of the tries takes effect, since each expects a state that another would have changed. The
   * write may take half of the time, which leaves the other half for the lookup.
   *
   * @param write resolves to the outcome, or to undefined if the answer is doubtful
   * @param lookUp the outcome according to the stored record; undefined if the write has not happened
   */
  async #verified<T>(
    doing: string,
    write: () => Promise<T | undefined>,
    lookUp: () => Promise<T | undefined>,
  ): Promise<T> {
    let failure: unknown;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const answer = await this.#deadline.boundToHalf(write);
        if (tries === 0 && answer !== undefined) return answer;
        failure = storeUnavailable(doing, new Error('The store contradicts itself'));
      } catch (error) {
        // A store that throws this library's own error knows the outcome of the write.
        if (error instanceof SessionError) throw error;
        failure = storeUnavailable(doing, error);
      }
      const outcome = await lookUp();
      if (outcome !== undefined) return outcome;
    }
    throw failure;
  }

  /** The outcome of a store call, within the time of the operation. */
  bounded<T>(doing: string, call: () => Promise<T>): Promise<T> {
    return this.#deadline.bound(call).catch((error: unknown) => {
      throw error instanceof SessionError ? error : storeUnavailable(doing, error);
    });
  }

  /** The only judge of expiry: stores return expired records, may be late, and have clocks of their own. */
  #isLive({ expiresAt, absoluteExpiresAt }: SessionRecord): boolean {
    const now = this.settings.clock.now();
    return now < expiresAt && now < absoluteExpiresAt;
  }
}

function assertRecordOf(key: string, record: SessionRecord): void {
  assertRecord(record);
  if (record.key !== key) throw recordUnreadable('it belongs to another key');
}
