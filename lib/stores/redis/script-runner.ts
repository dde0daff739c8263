import { SessionError } from '../../core/errors/session-errors.js';
import type { RedisCommands, ScriptArgs, ScriptCommand } from './redis-commands.js';
import { tooFewReplicas, withoutCommand } from './redis-errors.js';
import type { RedisScript } from './redis-scripts.js';
import type { RedisDurability } from './redis-session-store-options.js';

/**
 * Runs scripts by their hash, and sends the text only if Redis has lost it: after a restart or a failover.
 *
 * @internal
 */
export class ScriptRunner {
  constructor(
    private readonly commands: RedisCommands,
    private readonly durability: Required<RedisDurability> | undefined,
  ) {}

  run(script: RedisScript, args: ScriptArgs): Promise<unknown> {
    return knownOrSent(script, (command, code) => this.commands.run(command, code, args));
  }

  /** As `run`, but resolves once the replicas that `durability` requires have the script's writes. */
  runDurably(script: RedisScript, args: ScriptArgs): Promise<unknown> {
    const { durability } = this;
    if (!durability) return this.run(script, args);
    return knownOrSent(script, async (command, code) => {
      const sent = this.commands.runReplicated(command, code, args, durability);
      const [answer, replicas] = await sent;
      if (Number(replicas) < durability.replicas) {
        throw tooFewReplicas(durability.replicas, Number(replicas));
      }
      return answer;
    });
  }
}

/** If Redis does not know a script, it has not run it, so running it by its text is no second run. */
async function knownOrSent(
  { sha, text }: RedisScript,
  send: (command: ScriptCommand, code: string) => Promise<unknown>,
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
