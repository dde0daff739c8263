/**
 * The part of a node-redis client that the store needs: `createClient` and `createCluster` of `redis` 5 or 6 have it.
 *
 * @publicApi
 */
export interface NodeRedisClient {
  /** HMGET: fields of a hash, each null if missing. */
  hmGet(key: string, fields: string[]): Promise<unknown>;
  /** ZREM: removes a member of a sorted set. */
  zRem(key: string, member: string): Promise<unknown>;
  /** EVALSHA: runs a cached script by its hash. */
  evalSha(sha: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** EVAL: runs a script by its text. */
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** TIME: seconds and microseconds since the epoch. */
  time(): Promise<unknown>;
  /** Begins a group of commands. */
  multi(): NodeRedisMulti;
  /** The same client, with another mapping of Redis types. */
  withTypeMapping(mapping: object): unknown;
  /** Whether `connect()` was called. */
  readonly isOpen: boolean;
}

/**
 * Commands for one node, sent together over one connection.
 *
 * @publicApi
 */
export interface NodeRedisMulti {
  /** Adds EVALSHA. */
  evalSha(sha: string, options: NodeRedisScriptOptions): unknown;
  /** Adds EVAL. */
  eval(script: string, options: NodeRedisScriptOptions): unknown;
  /** Adds WAIT: the number of replicas that have the connection's writes. */
  wait(replicas: number, timeoutMs: number): unknown;
  /** Sends the commands, outside of a transaction, and resolves to their answers. */
  execAsPipeline(): Promise<unknown[]>;
}

/**
 * The arguments of a script.
 *
 * @publicApi
 */
export interface NodeRedisScriptOptions {
  /** The keys that the script works on. */
  keys: string[];
  /** Its other arguments. */
  arguments: string[];
}

/**
 * Whether a value is a client of node-redis, of any version.
 *
 * @internal
 */
export function isNodeRedisClient(value: object | string): value is NodeRedisClient {
  return typeof value === 'object' && 'evalSha' in value && typeof value.evalSha === 'function';
}
