import { type Clock, systemClock } from '../../lib/core/options/clock.js';

/** No request is under way for longer: shorter than the grace of an id that was renewed. */
const LONGEST_REQUEST_MS = 50_000;
/** Nobody leaves the session alone for longer, so that it never expires: shorter than its idle timeout. */
const LONGEST_SILENCE_MS = 210_000;

/** How far the clocks of all who use one session are ahead of the machine's. It moves on with each answer. */
export class SharedClock {
  readonly #requests = new Set<{ readonly beganAt: number }>();
  #aheadMs = 0;
  #writtenAt = 0;

  /** @param request learns how far the clock is ahead when it begins */
  async during<T>(request: (aheadMs: number) => Promise<T>): Promise<T> {
    const underWay = { beganAt: this.#aheadMs };
    this.#requests.add(underWay);
    try {
      return await request(underWay.beganAt);
    } finally {
      this.#requests.delete(underWay);
    }
  }

  /** The session was written, by a request that has just been answered. */
  noteWrite(): void {
    this.#writtenAt = this.#aheadMs;
  }

  /** Moves on by that much, or as far as it may. */
  advance(spanMs: number): void {
    const beginnings = [...this.#requests].map(({ beganAt }) => beganAt + LONGEST_REQUEST_MS);
    const limit = Math.min(this.#writtenAt + LONGEST_SILENCE_MS, ...beginnings);
    this.#aheadMs = Math.max(this.#aheadMs, Math.min(this.#aheadMs + spanMs, limit));
  }
}

/** The clock of one process, which learns from the requests that come how far it is ahead. */
export class FollowingClock implements Clock {
  #aheadMs = 0;

  get aheadMs(): number {
    return this.#aheadMs;
  }

  follow(aheadMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, aheadMs);
  }

  /** Whether a request that began then would still be under way. */
  isRecent(beganAt: number): boolean {
    return this.now() < beganAt + LONGEST_REQUEST_MS;
  }

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    return systemClock.schedule(delayMs, callback);
  }
}
