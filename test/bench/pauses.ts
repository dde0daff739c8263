import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';

export interface Pauses {
  /** The longest time between two turns of the event loop, by setImmediate. */
  readonly longestTurnMs: number;
  /** The same by a timer, as monitorEventLoopDelay sees it. */
  readonly longestDelayMs: number;
  /** The longest stop for garbage collection, which is part of the above. */
  readonly longestCollectionMs: number;
}

const RESOLUTION_MS = 1;

/** Watches the event loop until the work is done. */
export async function pausesDuring(work: () => Promise<void>): Promise<Pauses> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      longestCollectionMs = Math.max(longestCollectionMs, duration);
    }
  });
  let longestTurnMs = 0;
  let longestCollectionMs = 0;
  let isDone = false;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longestTurnMs = Math.max(longestTurnMs, now - last);
    last = now;
    if (!isDone) setImmediate(turn);
  };
  delays.enable();
  collections.observe({ entryTypes: ['gc'] });
  setImmediate(turn);
  await work();
  await new Promise(setImmediate);
  isDone = true;
  delays.disable();
  collections.disconnect();
  return { longestTurnMs, longestDelayMs: delays.max / 1e6 - RESOLUTION_MS, longestCollectionMs };
}
