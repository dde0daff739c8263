import type { Clock } from './clock.js';
import { type Duration, parseDuration } from './duration.js';
import { RepeatedTask } from './repeated-task.js';

/**
 * How a store removes its expired sessions.
 *
 * @internal
 */
export interface Purge {
  /** The name of the store's class, for its messages. */
  readonly store: string;
  /** The option of the same name: how often, or false if something else calls `deleteExpired`. */
  readonly purgeEvery: Duration | false;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Removes expired sessions, until stopped. The message of a rejection must hold no key. */
  readonly run: (isStopped: () => boolean) => Promise<unknown>;
}

/**
 * The task that purges a store, to be started once the store can be used; undefined if the store is not to do so. A
 * purge that fails is logged, and the next one comes in its time.
 *
 * @internal
 */
export function periodicPurge(purge: Purge): RepeatedTask | undefined {
  const { store, purgeEvery, clock, warn, run } = purge;
  if (purgeEvery === false) return undefined;
  const everyMs = parseDuration(`${store} purgeEvery`, purgeEvery);
  return new RepeatedTask(clock, everyMs, (isStopped) =>
    run(isStopped).catch(({ message }: Error) =>
      warn(`Expired sessions were not deleted. ${message}`),
    ),
  );
}
