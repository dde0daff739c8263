import { type Clock, systemClock } from '../../core/options/clock.js';
import { completeOptions } from '../../core/options/complete-options.js';
import { refuseUnlessPositive } from '../../core/options/whole-number.js';

/**
 * Limits on the size of a memory store.
 *
 * @publicApi
 */
export interface MemorySessionStoreOptions {
  /**
   * Upper bound on the number of sessions. If all are live, a visitor who needs a new one gets 503; none is evicted.
   *
   * @default 100_000
   */
  readonly maxSessions?: number;
  /**
   * Upper bound on the bytes of records, counted as JSON text. Beyond it, creating or growing a session fails with 503.
   *
   * @default 134_217_728 (128 MiB)
   */
  readonly maxBytes?: number;
  /** @default the clock of the machine */
  readonly clock?: Clock;
}

const DEFAULTS: Required<MemorySessionStoreOptions> = Object.freeze({
  maxSessions: 100_000,
  maxBytes: 128 * 1024 * 1024,
  clock: systemClock,
});

/**
 * Throws SESSION_CONFIG_INVALID for the first invalid option.
 *
 * @internal
 */
export function parseMemoryOptions(
  options: MemorySessionStoreOptions,
): Required<MemorySessionStoreOptions> {
  const complete = completeOptions('MemorySessionStore ', options, DEFAULTS);
  refuseUnlessPositive('MemorySessionStore maxSessions', complete.maxSessions);
  refuseUnlessPositive('MemorySessionStore maxBytes', complete.maxBytes);
  return complete;
}

/** @internal */
export function storeFull(limit: 'maxSessions' | 'maxBytes'): Error {
  return new Error(`The memory store is full of live sessions (\`${limit}\`)`);
}
