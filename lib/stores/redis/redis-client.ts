/**
 * The parts of an ioredis client that the store needs: a `Redis` or a `Cluster` of ioredis 5 or 6.
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
  /** The state of the connection; `'wait'` until the first command of a client that connects lazily. */
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
 * Whether a value is a client of ioredis.
 *
 * @internal
 */
export function isIoredisClient(value: object | string): value is RedisClient {
  return typeof value === 'object' && 'evalsha' in value && typeof value.evalsha === 'function';
}
