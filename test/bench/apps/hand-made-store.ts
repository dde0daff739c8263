import type { Redis } from 'ioredis';

const TTL_MS = 30 * 60_000;

const REPLACE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

interface Scripts {
  replaceSession(key: string, was: string, is: string, ttlMs: number): Promise<number>;
}

/** Sessions as JSON under their ids, replaced only where they are still what was read. */
export class HandMadeStore {
  readonly #redis: Redis & Scripts;

  constructor(
    redis: Redis,
    private readonly prefix: string,
  ) {
    redis.defineCommand('replaceSession', { numberOfKeys: 1, lua: REPLACE });
    this.#redis = redis as Redis & Scripts;
  }

  load(id: string): Promise<string | null> {
    return this.#redis.get(this.prefix + id);
  }

  async create(id: string, text: string): Promise<boolean> {
    return (await this.#redis.set(this.prefix + id, text, 'PX', TTL_MS, 'NX')) === 'OK';
  }

  async replace(id: string, was: string, is: string): Promise<boolean> {
    return (await this.#redis.replaceSession(this.prefix + id, was, is, TTL_MS)) === 1;
  }

  async delete(id: string): Promise<void> {
    await this.#redis.del(this.prefix + id);
  }
}
