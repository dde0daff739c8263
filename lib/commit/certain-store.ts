import { bearsRevision } from '../core/revision.js';
import { SessionError, recordUnreadable, storeUnavailable } from '../core/session-errors.js';
import { assertRecord, type SessionRecord } from '../core/session-record.js';
import type { SaveOutcome, SessionStore } from '../core/session-store.js';
import type { CommitSettings } from './commit-settings.js';
import { Deadline } from './deadline.js';

/** A write whose outcome stays unknown is tried this often, and looked up after each time. */
const MAX_TRIES = 3;

/**
 * A store for the time of one operation: every call is bounded, what it loads is checked, and a write whose answer
 * got lost is looked up, by its revision, until it is known to have happened or not. Whatever stays unknown rejects
 * with SESSION_STORE_UNAVAILABLE.
 *
 * @internal
 */
export class CertainStore {
  readonly #deadline: Deadline;

  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {
    this.#deadline = new Deadline(settings.clock, settings.storeTimeoutMs);
  }

  end(): void {
    this.#deadline.end();
  }

  async load(key: string): Promise<SessionRecord | undefined> {
    try {
      const record = await this.#bounded('loading', () => this.store.load(key));
      return record && this.#checked(record, key);
    } catch (error) {
      if (!SessionError.is(error, 'SESSION_RECORD_UNREADABLE')) throw error;
      this.settings.report(error.message, error.cause);
      return undefined;
    }
  }

  /** Resolves to false if a record that this call did not create has the key. */
  async create(record: SessionRecord): Promise<boolean> {
    const { key, revision } = record;
    return this.#certain(
      'creating',
      key,
      () => this.store.create(record),
      (found) => (found ? bearsRevision(found, revision) : undefined),
    );
  }

  async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const { key, revision } = record;
    return this.#certain(
      'saving',
      key,
      () => this.store.save(record, expectedRevision),
      (found) => {
        if (!found) return 'gone';
        if (bearsRevision(found, revision)) return 'saved';
        return found.revision === expectedRevision ? undefined : 'conflict';
      },
    );
  }

  async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#bounded('touching', () => this.store.touch(key, expiresAt, revision));
  }

  async delete(key: string): Promise<boolean> {
    return this.#certain(
      'deleting',
      key,
      () => this.store.delete(key),
      (found) => (found ? undefined : true),
    );
  }

  /**
   * Makes a write, and looks up what became of it when no answer came. The same write is then made again: at most one
   * of the tries takes effect, since each expects what another would have changed.
   *
   * @param judge the outcome that the record found speaks for; undefined if the write has not happened
   */
  async #certain<T>(
    doing: string,
    key: string,
    write: () => Promise<T>,
    judge: (found: SessionRecord | undefined) => T | undefined,
  ): Promise<T> {
    let failure: unknown;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const answer = await this.#deadline.bound(() => this.#halfBounded(write));
        if (tries === 0) return answer;
      } catch (error) {
        // A store that says so in our own words knows what became of the write.
        if (error instanceof SessionError) throw error;
        failure = storeUnavailable(doing, error);
      }
      const outcome = judge(await this.load(key));
      if (outcome !== undefined) return outcome;
    }
    throw failure;
  }

  async #bounded<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.#deadline.bound(call);
    } catch (error) {
      throw error instanceof SessionError ? error : storeUnavailable(doing, error);
    }
  }

  /** A write may take half of the time, so that the other half is left to find out what became of it. */
  async #halfBounded<T>(write: () => Promise<T>): Promise<T> {
    const { clock, storeTimeoutMs } = this.settings;
    const deadline = new Deadline(clock, storeTimeoutMs / 2);
    try {
      return await deadline.bound(write);
    } finally {
      deadline.end();
    }
  }

  /** The record, unless it has expired; a store may be late or its clock be off. */
  #checked(record: SessionRecord, key: string): SessionRecord | undefined {
    assertRecord(record);
    if (record.key !== key) throw recordUnreadable('it belongs to another key');
    const now = this.settings.clock.now();
    return now < record.expiresAt && now < record.absoluteExpiresAt ? record : undefined;
  }
}
