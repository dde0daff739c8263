import { type Clock, systemClock } from '../../core/clock.js';
import { completeOptions } from '../../core/complete-options.js';
import { refuseUnlessPositive } from '../../core/whole-number.js';

/** @publicApi */
export interface MemorySessionStoreOptions {
  /**
   * So many sessions fit. When they are all alive, a visitor who needs a new one gets 503; nobody's is thrown out.
   *
   * @default 100_000
   */
  readonly maxSessions?: number;
  /**
   * So many bytes of records fit, counted as JSON text. When they are taken, creating and growing is refused with 503.
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
 * Throws SESSION_CONFIG_INVALID for the first option that is wrong.
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
