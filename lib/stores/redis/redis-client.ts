/**
 * What the store asks of a client: a `Redis` or a `Cluster` of ioredis 5 or 6.
 *
 * @publicApi
 */
export interface RedisClient {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  zrem(key: string, member: string): Promise<number>;
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>;
  time(): Promise<(number | string)[]>;
  pipeline(): RedisPipeline;
  /** Where the client stands; `'wait'` until the first command of one that connects lazily. */
  readonly status?: string;
}

/**
 * Commands for one node, sent together over one connection.
 *
 * @publicApi
 */
export interface RedisPipeline {
  evalsha(sha: string, keys: number, ...args: string[]): this;
  eval(script: string, keys: number, ...args: string[]): this;
  wait(replicas: number, timeoutMs: number): this;
  exec(): Promise<[error: Error | null, answer: unknown][] | null>;
}

/**
 * Whether something is a client rather than the options of one.
 *
 * @internal
 */
export function isRedisClient(value: object | string): value is RedisClient {
  return typeof value === 'object' && 'evalsha' in value && typeof value.evalsha === 'function';
}
