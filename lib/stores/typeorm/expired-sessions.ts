import type { SessionTable } from './session-table.js';

/** A search begins each time with the sessions of the same half-hour that are alive. */
const FOUND_AT_ONCE = 10_000;
/** So few that no lock is held for long. */
const BATCH = 500;

/**
 * The rows of a table that expired a while ago, found by their purge time.
 *
 * @internal
 */
export class ExpiredSessions {
  constructor(private readonly table: SessionTable) {}

  /** Deletes up to `limit` of them in batches, until none are left or it is told to stop, and tells how many there were. */
  async delete(limit: number, isStopped: () => boolean = () => false): Promise<number> {
    let deleted = 0;
    for (let isMore = true; isMore && deleted < limit && !isStopped();) {
      const size = Math.min(FOUND_AT_ONCE, limit - deleted);
      const keys = await this.#find(size);
      deleted += await this.#deleteAll(keys, isStopped);
      isMore = keys.length === size;
    }
    return deleted;
  }

  async #find(count: number): Promise<string[]> {
    const { selectExpired } = this.table.statements;
    const found = this.table.rows<{ key: string }>('finding expired sessions', selectExpired, {
      count,
    });
    return (await found).map(({ key }) => key);
  }

  /** In one order everywhere: two processes that delete the same rows wait for each other instead of locking up. */
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
