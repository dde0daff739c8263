import { systemClock } from '../../core/options/clock.js';
import { answerWithin } from './answer-within.js';
import type { RedisCommands } from './redis-commands.js';
import { reasonOf, rightsMissing } from './redis-errors.js';
import { PROBE } from './redis-scripts.js';
import type { ScriptRunner } from './script-runner.js';

const LIMIT_MS = 1_000;

/** The errors of a permanent refusal: for a user without rights, and on a replica. */
const REFUSAL = /NOPERM|READONLY|ACL failure|can't run this command/;

/**
 * Rejects with one clear line if Redis does not let the store run scripts or write. Any other failure, for instance of
 * a client that is not connected yet, is left to the first request.
 *
 * @internal
 */
export async function refuseWithoutRights(
  commands: RedisCommands,
  scripts: ScriptRunner,
  key: string,
): Promise<void> {
  // A command would make the client connect.
  if (await commands.isIdle()) return;
  try {
    await answerWithin(LIMIT_MS, scripts.run(PROBE, [key]), systemClock);
  } catch (error) {
    const reason = reasonOf(error);
    if (REFUSAL.test(reason)) throw rightsMissing(reason);
  }
}
