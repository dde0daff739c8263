/**
 * What the store asks of a client: a `Redis` or a `Cluster` of ioredis 5 or 6.
 *
 * @publicApi
 */
export interface RedisClient {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  zrangebyscore(key: string, min: string, max: string): Promise<string[]>;
  zrem(key: string, member: string): Promise<number>;
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>;
  pipeline(): RedisPipeline;
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
export function isRedisClient(value: object): value is RedisClient {
  return 'evalsha' in value && typeof value.evalsha === 'function';
}
