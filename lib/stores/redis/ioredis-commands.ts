import type {
  RedisCommands,
  ReplicatedAnswer,
  ScriptArgs,
  ScriptCommand,
} from './redis-commands.js';
import type { RedisClient } from './redis-client.js';
import type { RedisDurability } from './redis-session-store-options.js';

/**
 * The commands of the store through a `Redis` or `Cluster` of ioredis.
 *
 * @internal
 */
export class IoredisCommands implements RedisCommands {
  /** @param client called for each command, since the store makes its own client with the first command */
  constructor(private readonly client: () => RedisClient | Promise<RedisClient>) {}

  async hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return (await this.client()).hmget(key, ...fields);
  }

  async zrem(key: string, member: string): Promise<number> {
    return (await this.client()).zrem(key, member);
  }

  async time(): Promise<(number | string)[]> {
    return (await this.client()).time();
  }

  async run(command: ScriptCommand, code: string, args: ScriptArgs): Promise<unknown> {
    return (await this.client())[command](code, 1, ...args);
  }

  /** A pipeline keeps both on one node of a Cluster, too. */
  async runReplicated(
    command: ScriptCommand,
    code: string,
    args: ScriptArgs,
    { replicas, timeoutMs }: Required<RedisDurability>,
  ): Promise<ReplicatedAnswer> {
    const pipeline = (await this.client()).pipeline();
    const answers = await pipeline[command](code, 1, ...args)
      .wait(replicas, timeoutMs)
      .exec();
    const [answer, waited] = (answers ?? []).map(([error, given]) => {
      if (error) throw error;
      return given;
    });
    return [answer, waited];
  }

  async isIdle(): Promise<boolean> {
    return (await this.client()).status === 'wait';
  }
}
