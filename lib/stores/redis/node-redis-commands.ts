import type { NodeRedisClient, NodeRedisScriptOptions } from './node-redis-client.js';
import type {
  RedisCommands,
  ReplicatedAnswer,
  ScriptArgs,
  ScriptCommand,
} from './redis-commands.js';
import type { RedisDurability } from './redis-session-store-options.js';

/** Their names in node-redis. */
const METHODS = { evalsha: 'evalSha', eval: 'eval' } as const;

/**
 * The commands of the store through a client or cluster of node-redis.
 *
 * @internal
 */
export class NodeRedisCommands implements RedisCommands {
  readonly #client: NodeRedisClient;

  constructor(client: NodeRedisClient) {
    // Texts as texts, whatever types the application maps them to; with types of its own, the client also bypasses the
    // client-side cache, which may lag behind Redis.
    this.#client = client.withTypeMapping({}) as NodeRedisClient;
  }

  async hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return (await this.#client.hmGet(key, fields)) as (string | null)[];
  }

  zrem(key: string, member: string): Promise<unknown> {
    return this.#client.zRem(key, member);
  }

  async time(): Promise<string[]> {
    return (await this.#client.time()) as string[];
  }

  run(command: ScriptCommand, code: string, args: ScriptArgs): Promise<unknown> {
    return this.#client[METHODS[command]](code, optionsOf(args));
  }

  /** A cluster routes a pipeline by its first key. */
  async runReplicated(
    command: ScriptCommand,
    code: string,
    args: ScriptArgs,
    { replicas, timeoutMs }: Required<RedisDurability>,
  ): Promise<ReplicatedAnswer> {
    const pipeline = this.#client.multi();
    pipeline[METHODS[command]](code, optionsOf(args));
    pipeline.wait(replicas, timeoutMs);
    const [answer, waited] = await pipeline.execAsPipeline();
    return [answer, waited];
  }

  async isIdle(): Promise<boolean> {
    return !this.#client.isOpen;
  }
}

function optionsOf([key, ...args]: ScriptArgs): NodeRedisScriptOptions {
  return { keys: [key], arguments: args };
}
