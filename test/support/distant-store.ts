import type { LiveRecord, SaveOutcome, SessionRecord } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { systemClock } from '../../lib/core/options/clock.js';
import { listIndexed, userIdOf } from '../../lib/core/record/user-index.js';

/**
 * Takes a random while for everything, like a store elsewhere, and has an index beside the records: an entry first, then
 * the record, and what is in the index stays there.
 */
export class DistantStore extends MemorySessionStore {
  readonly #entries = new Map<string, Set<string>>();

  override load(key: string): Promise<SessionRecord | undefined> {
    return distant(() => super.load(key));
  }

  override async create(record: SessionRecord): Promise<boolean> {
    await this.#index(record);
    return distant(() => super.create(record));
  }

  override async save(...args: Parameters<MemorySessionStore['save']>): Promise<SaveOutcome> {
    await this.#index(args[0]);
    return distant(() => super.save(...args));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return distant(() => super.delete(key, revision));
  }

  override listByUser(userId: string): Promise<LiveRecord[]> {
    return listIndexed(
      userId,
      systemClock,
      () => distant(async () => [...(this.#entries.get(userId) ?? [])]),
      (key) => this.load(key),
    );
  }

  #index(record: SessionRecord): Promise<void> {
    return distant(async () => {
      const userId = userIdOf(record);
      if (userId === undefined) return;
      this.#entries.set(userId, (this.#entries.get(userId) ?? new Set()).add(record.key));
    });
  }
}

/** Lets others go first, for a random while. */
export async function jitter(): Promise<void> {
  for (let turns = Math.random() * 4; turns >= 1; turns--) await new Promise(setImmediate);
}

async function distant<T>(call: () => Promise<T>): Promise<T> {
  await jitter();
  const answer = await call();
  await jitter();
  return answer;
}
