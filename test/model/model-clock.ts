import type { Scheduler } from 'fast-check';
import { ManualClock } from 'nestjs-sessions/testing';

const LONGEST_PAUSE_MS = 100;

/** A clock that only scripts and hanging calls move; a pause between two attempts ends when the scheduler says so. */
export class ModelClock extends ManualClock {
  constructor(private readonly scheduler: Scheduler) {
    super();
  }

  override schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs >= LONGEST_PAUSE_MS) return super.schedule(delayMs, callback);
    let isCancelled = false;
    void this.scheduler.schedule(Promise.resolve(), 'pause').then(() => {
      if (!isCancelled) callback();
    });
    return () => (isCancelled = true);
  }
}
