import { systemClock } from '../../core/clock.js';
import { answerWithin } from './answer-within.js';
import type { RedisClient } from './redis-client.js';
import { reasonOf, rightsMissing } from './redis-errors.js';
import { PROBE } from './redis-scripts.js';
import type { ScriptRunner } from './script-runner.js';

const LIMIT_MS = 1_000;

/** How Redis words that it refuses for good: to a user without rights, and on a replica. */
const REFUSAL = /NOPERM|READONLY|ACL failure|can't run this command/;

/**
 * Rejects with one clear line where Redis says that the store may not run scripts or write. Whatever else happens, a
 * client that is not connected yet for instance, is left to the first request.
 *
 * @internal
 */
export async function refuseWithoutRights(
  client: RedisClient,
  scripts: ScriptRunner,
  key: string,
): Promise<void> {
  // A command would make the client connect.
  if (client.status === 'wait') return;
  try {
    await answerWithin(LIMIT_MS, scripts.run(PROBE, [key]), systemClock);
  } catch (error) {
    const reason = reasonOf(error);
    if (REFUSAL.test(reason)) throw rightsMissing(reason);
  }
}
