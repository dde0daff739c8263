import type { SessionTable } from './session-table.js';
import type { Statement } from './statements.js';

/** Each search of `delete` begins with the sessions of the current half-hour, live or not. */
const FOUND_AT_ONCE = 10_000;
/** Small enough that no lock is held for long. */
const BATCH = 500;

/**
 * The rows of a table that expired a while ago, found by their purge time.
 *
 * @internal
 */
export class ExpiredSessions {
  constructor(private readonly table: SessionTable) {}

  /** Deletes up to `limit` of them, and resolves to how many there were. */
  delete(limit: number): Promise<number> {
    return this.#delete(this.table.statements.selectExpired, limit, () => false);
  }

  /** Deletes those of past half-hours, until stopped: it scans no live sessions. */
  purge(isStopped: () => boolean): Promise<number> {
    return this.#delete(this.table.statements.selectLongExpired, Infinity, isStopped);
  }

  async #delete(search: Statement, limit: number, isStopped: () => boolean): Promise<number> {
    let deleted = 0;
    for (let isMore = true; isMore && deleted < limit && !isStopped();) {
      const size = Math.min(FOUND_AT_ONCE, limit - deleted);
      const keys = await this.#find(search, size);
      deleted += await this.#deleteAll(keys, isStopped);
      isMore = keys.length === size;
    }
    return deleted;
  }

  async #find(search: Statement, count: number): Promise<string[]> {
    const found = this.table.rows<{ key: string }>('finding expired sessions', search, { count });
    return (await found).map(({ key }) => key);
  }

  /** In one order everywhere: two processes that delete the same rows wait for each other instead of deadlocking. */
  async #deleteAll(keys: readonly string[], isStopped: () => boolean): Promise<number> {
    const sorted = keys.toSorted();
    let deleted = 0;
    for (let from = 0; from < sorted.length && !isStopped(); from += BATCH) {
      deleted += await this.#deleteBatch(sorted.slice(from, from + BATCH));
    }
    return deleted;
  }

  #deleteBatch(keys: readonly string[]): Promise<number> {
    return this.table.affected(
      'deleting expired sessions',
      this.table.statements.deleteAllExpired(keys.length),
      Object.fromEntries(keys.map((key, n) => [`key${n}`, key])),
    );
  }
}
