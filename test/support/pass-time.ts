import type { ManualClock } from 'nestjs-sessions/testing';

/** So short that what takes some milliseconds is seen in its order. */
const STEP_MS = 0.5;

/** Moves a clock on until the work is done. Between two steps, everything happens that can. */
export async function passTime<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const finish = (): void => void (isOver = true);
  void work.then(finish, finish);
  for (;;) {
    await new Promise(setImmediate);
    if (isOver) return work;
    clock.advance(STEP_MS);
  }
}
