/**
 * The only source of time: what the hour is, and a call back later.
 *
 * @publicApi
 */
export interface Clock {
  /** The current instant in milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds and returns a function that cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/**
 * The clock of the machine.
 *
 * @internal
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Resolves after `delayMs` milliseconds of the given clock.
 *
 * @internal
 */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}
