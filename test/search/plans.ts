import type { RequestPlan } from './script.js';
import { SCRIPTS, type ScriptName } from './vocabulary.js';

/** A request that runs a script; in the first process, with the cookie of the browser, and answered, unless told otherwise. */
export function plan(
  name: ScriptName,
  { process = 0, presents = 'cookie', isDelivered = true }: Partial<RequestPlan> = {},
): RequestPlan {
  return { script: SCRIPTS[name], process, presents, isDelivered };
}
