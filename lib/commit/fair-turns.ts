import { type Clock, pause } from '../core/options/clock.js';

/** Commits that follow each other within this time belong to one streak. */
const STREAK_GAP_MS = 25;
/** How long a process writes one session before it pauses. */
const LONGEST_STREAK_MS = 250;
/** Long enough for a server some milliseconds from the store to load the session and save it. */
const PAUSE_MS = 80;
/** Upper bound on the remembered streaks; forgetting one costs another server a few more tries. */
const MAX_STREAKS = 1_000;

interface Streak {
  since: number;
  last: number;
}

/**
 * Makes a process pause now and then between its writes of one session. A slower server can save only if no other
 * process wrote in the milliseconds since it loaded: without such a pause, it might never win.
 *
 * @internal
 */
export class FairTurns {
  readonly #streaks = new Map<string, Streak>();

  /** Waits if a pause is due before the next commit of a session; undefined if none is. */
  pauseBefore(session: string, clock: Clock): Promise<void> | undefined {
    const now = clock.now();
    const streak = this.#streaks.get(session);
    if (!streak || Math.abs(now - streak.last) > STREAK_GAP_MS) {
      this.#begin(session, now);
      return undefined;
    }
    streak.last = now;
    if (now - streak.since < LONGEST_STREAK_MS) return undefined;
    this.#streaks.delete(session);
    return pause(clock, PAUSE_MS);
  }

  #begin(session: string, now: number): void {
    this.#streaks.delete(session);
    this.#streaks.set(session, { since: now, last: now });
    if (this.#streaks.size <= MAX_STREAKS) return;
    const [oldest] = this.#streaks.keys();
    this.#streaks.delete(oldest!);
  }
}
