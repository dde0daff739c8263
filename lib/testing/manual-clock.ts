import type { Clock } from '../core/options/clock.js';

interface Appointment {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * @publicApi
 */
export class ManualClock implements Clock {
  #now: number;
  #appointments: Appointment[] = [];

  /** @param now the initial instant: milliseconds since the epoch */
  constructor(now: number = Date.UTC(2030, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const appointment = { at: this.#now + delayMs, callback };
    this.#appointments.push(appointment);
    return () => {
      this.#appointments = this.#appointments.filter((other) => other !== appointment);
    };
  }

  /** Advances the clock and runs the callbacks that fall due, in order. A negative span steps it back. */
  advance(spanMs: number): void {
    const until = this.#now + spanMs;
    for (let next = this.#nextUntil(until); next; next = this.#nextUntil(until)) {
      this.#appointments = this.#appointments.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = until;
  }

  #nextUntil(until: number): Appointment | undefined {
    return this.#appointments
      .filter(({ at }) => at <= until)
      .toSorted((one, other) => one.at - other.at)[0];
  }
}
