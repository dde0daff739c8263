import { setImmediate } from 'node:timers';

/**
 * The only source of time: the current instant, and callbacks at a later one.
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
 * Tolerated difference between the clocks of servers, in milliseconds: expired records are kept for this long.
 *
 * @internal
 */
export const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The clock of the machine.
 *
 * @internal
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const delayed = new Delayed(delayMs, callback);
    if (justScheduled.length === 0) setImmediate(startTimers);
    justScheduled.push(delayed);
    return () => delayed.cancel();
  },
};

/**
 * As {@link systemClock}, with timers that do not keep the process alive.
 *
 * @internal
 */
export const backgroundClock: Clock = {
  now: systemClock.now,
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * A callback that becomes a timer only when this turn of the event loop ends: most are cancelled within it, at no cost.
 */
class Delayed {
  #isCancelled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly delayMs: number,
    private readonly callback: () => void,
  ) {}

  start(): void {
    if (!this.#isCancelled) this.#timer = setTimeout(this.callback, this.delayMs);
  }

  cancel(): void {
    this.#isCancelled = true;
    clearTimeout(this.#timer);
  }
}

/** Emptied by Node's own `setImmediate`: a faked one, common in tests of applications, might never call back. */
let justScheduled: Delayed[] = [];

function startTimers(): void {
  const delayed = justScheduled;
  justScheduled = [];
  for (const one of delayed) one.start();
}

/**
 * Resolves after `delayMs` milliseconds of the given clock.
 *
 * @internal
 */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}

/**
 * Resolves after a random time before the next try: up to twice as long after each, and at most `maxMs` milliseconds.
 *
 * @internal
 */
export function backOff(clock: Clock, tries: number, maxMs: number): Promise<void> {
  return pause(clock, Math.random() * Math.min(2 ** tries, maxMs));
}
