import type { RedisDurability } from './redis-session-store-options.js';

/** The arguments of a script: the key it works on, then the others. */
export type ScriptArgs = readonly [key: string, ...args: string[]];

/** By its hash, or by its text. */
export type ScriptCommand = 'evalsha' | 'eval';

/** A script's answer, and the number of replicas that have its writes. */
export type ReplicatedAnswer = readonly [answer: unknown, replicas: unknown];

/**
 * The commands of the store, whichever client sends them.
 *
 * @internal
 */
export interface RedisCommands {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  zrem(key: string, member: string): Promise<unknown>;
  time(): Promise<readonly (number | string)[]>;
  run(command: ScriptCommand, code: string, args: ScriptArgs): Promise<unknown>;
  /** Runs a script and waits for the replicas. WAIT concerns its own connection, so both use the same one. */
  runReplicated(
    command: ScriptCommand,
    code: string,
    args: ScriptArgs,
    durability: Required<RedisDurability>,
  ): Promise<ReplicatedAnswer>;
  /** Whether the client has not been connected yet, so that a command might connect it. */
  isIdle(): Promise<boolean>;
}
