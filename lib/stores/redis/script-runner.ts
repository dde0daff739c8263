import { SessionError } from '../../core/session-errors.js';
import type { RedisClient } from './redis-client.js';
import { tooFewReplicas, withoutCommand } from './redis-errors.js';
import type { RedisScript } from './redis-scripts.js';
import type { RedisDurability } from './redis-session-store-options.js';

type Command = 'evalsha' | 'eval';

/** A script with what it works on: the key, then the arguments. */
export type ScriptArgs = readonly [key: string, ...args: string[]];

/**
 * Runs scripts by their hash, and sends the text only where Redis has lost it: after a restart or a failover.
 *
 * @internal
 */
export class ScriptRunner {
  constructor(
    private readonly client: RedisClient,
    private readonly durability: Required<RedisDurability> | undefined,
  ) {}

  run(script: RedisScript, args: ScriptArgs): Promise<unknown> {
    return knownOrSent(script, (command, code) => this.client[command](code, 1, ...args));
  }

  /** The same, and answers when the replicas that `durability` asks for have what the script wrote. */
  runDurably(script: RedisScript, args: ScriptArgs): Promise<unknown> {
    const { durability } = this;
    if (!durability) return this.run(script, args);
    return knownOrSent(script, (command, code) =>
      this.#replicated(command, [code, ...args], durability),
    );
  }

  /** WAIT speaks of its own connection, and has no key: a pipeline keeps it with the write, in a Cluster too. */
  async #replicated(
    command: Command,
    [code, ...args]: readonly [string, ...string[]],
    { replicas, timeoutMs }: Required<RedisDurability>,
  ): Promise<unknown> {
    const pipeline = this.client.pipeline();
    const answers = await pipeline[command](code, 1, ...args)
      .wait(replicas, timeoutMs)
      .exec();
    const [written, waited] = (answers ?? []).map(([error, answer]) => {
      if (error) throw error;
      return answer;
    });
    if (Number(waited) < replicas) throw tooFewReplicas(replicas, Number(waited));
    return written;
  }
}

/** A script that Redis does not know has not run, so that running it by its text is no second time. */
async function knownOrSent(
  { sha, text }: RedisScript,
  send: (command: Command, code: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send('evalsha', sha);
  } catch (error) {
    if (!isUnknownScript(error)) throw stripped(error);
  }
  return send('eval', text).catch((error: unknown) => {
    throw stripped(error);
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function stripped(error: unknown): Error {
  return error instanceof SessionError ? error : withoutCommand(error);
}
