import type { Clock } from '../../lib/core/options/clock.js';
import { currentOwner, onBehalfOf } from './calls.js';

/** A pause between two attempts ends at once: what follows it is a choice of its own. */
const LONGEST_PAUSE_MS = 100;

interface Timer {
  readonly owner: string;
  readonly at: number;
  readonly callback: () => void;
}

/** The time of a whole execution. It stands still but for choices. */
export class SearchTime {
  readonly #timers = new Set<Timer>();

  constructor(public now: number) {}

  /** Whose timers are set. */
  get owners(): ReadonlySet<string> {
    return new Set([...this.#timers].map(({ owner }) => owner));
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { owner: currentOwner(), at: this.now + delayMs, callback };
    if (delayMs < LONGEST_PAUSE_MS) queueMicrotask(() => this.#timers.delete(timer) && callback());
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Goes on to the next timer of one who set it. Those of others that are due fire late, as timers may. */
  tick(owner: string): void {
    const next = this.#next(owner);
    if (next) this.#fire(next);
  }

  /** Goes on by so much, and calls back whatever falls due. */
  jump(spanMs: number): void {
    const until = this.now + spanMs;
    for (let next = this.#next(); next && next.at <= until; next = this.#next()) this.#fire(next);
    this.now = until;
  }

  #next(owner?: string): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if ((owner ?? timer.owner) === timer.owner && (!next || timer.at < next.at)) next = timer;
    return next;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.now = Math.max(this.now, timer.at);
    onBehalfOf(timer.owner, timer.callback);
  }
}

/** The clock of one process, which may differ from that of the store. */
export class ProcessClock implements Clock {
  skewMs = 0;

  constructor(private readonly time: SearchTime) {}

  readonly now = (): number => this.time.now + this.skewMs;

  readonly schedule = (delayMs: number, callback: () => void): (() => void) =>
    this.time.schedule(delayMs, callback);
}
