import { openSession, type SessionStore } from 'nestjs-sessions';
import { random } from '../linearizability/plan.js';
import { Barrier } from '../support/barrier.js';
import type { Tally } from './tally.js';
import { type End, Visitor } from './visitor.js';
import { PATIENCE } from './patience.js';

const VISITORS = 4;
/** Every so many requests, a visitor goes away in the middle of one. */
const LEAVES_EVERY = 5;
const MOST_REQUESTS = 500;
const WARM_AFTER = 10;

/** The requests of one session, and what was acknowledged of them. */
export class SessionLoad {
  readonly #counts: number[] = [];
  readonly #keys: string[] = [];
  /** Opened when the first requests have been answered. */
  readonly warm = new Barrier();
  /** Whether the process has been told to end. */
  isLate = false;
  isOver = false;
  #unknown = 0;
  #asked = 0;

  private constructor(
    private readonly store: SessionStore,
    private readonly id: string,
    private readonly tally: Tally,
  ) {}

  static async begin(store: SessionStore, tally: Tally): Promise<SessionLoad> {
    const session = openSession<{ count: number }>(store, undefined, { limits: PATIENCE });
    session.set('count', 0);
    await session.save();
    return new SessionLoad(store, session.id!, tally);
  }

  /** Asks until it is told to stop, or until nobody is there. */
  async run(origin: string): Promise<void> {
    const visitors = Array.from({ length: VISITORS }, () => new Visitor(origin, `sid=${this.id}`));
    await Promise.all(visitors.map((visitor) => this.#use(visitor)));
    for (const visitor of visitors) visitor.leave();
  }

  /** Compares what was acknowledged with what is stored. */
  async judge(): Promise<void> {
    const values = await openSession<Record<string, number>>(this.store, this.id, {
      limits: PATIENCE,
    }).all();
    const count = values.count ?? 0;
    const distinct = new Set(this.#counts);
    const missing = this.#keys.filter((key) => values[key] !== 1).length;
    this.tally.lost += missing + this.#counts.length - distinct.size;
    this.tally.lost += this.#counts.filter((one) => one > count).length;
    if (count > distinct.size + this.#unknown) this.tally.tooMany++;
  }

  async #use(visitor: Visitor): Promise<void> {
    for (let n = 0; n < MOST_REQUESTS && !this.isOver; n++) {
      const key = `key-${this.#asked++}`;
      const isCount = n % 2 === 0;
      const leaves = n % LEAVES_EVERY === 1;
      const path = isCount ? '/add' : `/set/${key}`;
      const end = await visitor.ask(path, leaves ? random(0, 10) : undefined);
      this.tally.note(end, this.isLate);
      this.#note(end, isCount ? undefined : key);
      if (end === 'closed' && !leaves) return;
    }
  }

  #note(end: End, key: string | undefined): void {
    const isAcknowledged = typeof end === 'object' && end.status === 200;
    if (key === undefined && isAcknowledged) this.#counts.push(Number(end.text));
    else if (key === undefined) this.#unknown++;
    else if (isAcknowledged) this.#keys.push(key);
    if (this.#counts.length + this.#keys.length > WARM_AFTER) this.warm.open();
  }
}
