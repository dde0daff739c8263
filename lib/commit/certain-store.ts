import { outlineIn } from '../core/newer-record.js';
import { bearsRevision } from '../core/revision.js';
import { SessionError, recordUnreadable, storeUnavailable } from '../core/session-errors.js';
import { assertRecord, type LiveRecord, type SessionRecord } from '../core/session-record.js';
import type { SessionStore } from '../core/session-store.js';
import type { LiveStanding } from '../core/standing.js';
import { userIndexOf } from '../core/user-index.js';
import type { CommitSettings } from './commit-settings.js';
import { Deadline } from './deadline.js';

/**
 * How a save ended, beyond doubt; after a conflict, with the record that is stored instead.
 *
 * @internal
 */
export type SaveResult = { readonly outcome: 'saved' } | NotSaved;

/** @internal */
export type NotSaved =
  { readonly outcome: 'gone' } | { readonly outcome: 'conflict'; readonly found: SessionRecord };

/** A write whose outcome stays unknown is tried this often, and looked up after each time. */
const MAX_TRIES = 3;

/**
 * A store for the time of one operation: every call is bounded, what it loads is checked, and a write whose answer
 * got lost is looked up, by its revision, until it is known to have happened or not. So is a write that the store says
 * did not happen: a client may have sent it twice, and then the second answer says so of the first. Whatever stays
 * unknown rejects with SESSION_STORE_UNAVAILABLE.
 *
 * @internal
 */
export class CertainStore {
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
    task: (store: CertainStore) => Promise<T>,
  ): Promise<T> {
    const certain = new CertainStore(store, settings);
    try {
      return await task(certain);
    } finally {
      certain.#deadline.end();
    }
  }

  /**
   * The live record of a key. A session that has expired is none, even if the store still has it; only that it expired
   * can be heard of.
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
      if (this.#isOver(outlineIn(error))) return undefined;
      throw error;
    }
  }

  /**
   * Stores a new session, and resolves to undefined if a record that this call did not create has its key. After a
   * try that left no trace another session is drawn: should it take effect late, it does under an id nobody knows, and
   * brings back no session that has ended since.
   */
  async create(draw: () => LiveStanding): Promise<LiveStanding | undefined> {
    let session = draw();
    const isCreated = await this.#certain(
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

  async save(record: SessionRecord, expectedRevision: string): Promise<SaveResult> {
    const { key, revision } = record;
    return this.#certain<SaveResult>(
      'saving',
      async () => {
        const outcome = await this.store.save(record, expectedRevision);
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
    return this.#certain(
      'deleting',
      () => this.store.delete(key, revision),
      async () => {
        const found = await this.load(key);
        if (!found) return true;
        return found.revision === revision ? undefined : false;
      },
    );
  }

  /** Ends whatever is under a key, wherever others have moved it by then. */
  async remove(key: string): Promise<boolean> {
    return this.#certain(
      'ending a session',
      () => this.store.delete(key),
      async () => ((await this.load(key)) ? undefined : true),
    );
  }

  /**
   * Makes a write, and looks up what became of it when no answer came, or one that is open to doubt. If it has not
   * happened it is made again: at most one of the tries takes effect on a session, since each expects what another would
   * have changed. It may take half of the time, so that the other half is left to find out what became of it.
   *
   * @param write resolves to the outcome, or to undefined where the answer is open to doubt
   * @param lookUp the outcome that what is stored speaks for; undefined if the write has not happened
   */
  async #certain<T>(
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
        // A store that says so in our own words knows what became of the write.
        if (error instanceof SessionError) throw error;
        failure = storeUnavailable(doing, error);
      }
      const outcome = await lookUp();
      if (outcome !== undefined) return outcome;
    }
    throw failure;
  }

  /** The outcome of what the operation waits for, within its time. */
  async bounded<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.#deadline.bound(call);
    } catch (error) {
      throw error instanceof SessionError ? error : storeUnavailable(doing, error);
    }
  }

  /** Whether a record that cannot be read, since it is too new, has expired anyway. */
  #isOver(outline: SessionRecord | undefined): boolean {
    return outline !== undefined && !this.#isLive(outline);
  }

  /** The only judge of expiry: stores hand out what has expired, may be late, and have clocks of their own. */
  #isLive({ expiresAt, absoluteExpiresAt }: SessionRecord): boolean {
    const now = this.settings.clock.now();
    return now < expiresAt && now < absoluteExpiresAt;
  }
}

function assertRecordOf(key: string, record: SessionRecord): void {
  assertRecord(record);
  if (record.key !== key) throw recordUnreadable('it belongs to another key');
}
