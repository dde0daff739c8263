import { ManualClock } from 'nestjs-sessions/testing';

const LONGEST_PAUSE_MS = 100;

/** Lets short pauses, as those between attempts, pass at once; what takes longer waits for the test. */
export class PassingClock extends ManualClock {
  override schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs >= LONGEST_PAUSE_MS) return super.schedule(delayMs, callback);
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
}
