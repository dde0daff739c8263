import type { LiveRecord, SaveOutcome, SessionRecord } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import type { ManualClock } from 'nestjs-sessions/testing';

/** Which of the calls that wait goes next, by its place in the order in which they were made. */
export type Choice = (waiting: number) => number;

/** A store whose calls wait until a schedule lets them take effect. */
export class ScheduledStore extends MemorySessionStore {
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  constructor(private readonly clock: ManualClock) {
    super({ clock });
  }

  /** Lets one call go at a time, `tickMs` after the one before, until the work is done. */
  async run<T>(work: () => Promise<T>, choose: Choice, tickMs = 0): Promise<T> {
    this.#isScheduled = true;
    const done = work().finally(() => (this.#isScheduled = false));
    for (;;) {
      await new Promise(setImmediate);
      if (!this.#isScheduled) return done;
      this.clock.advance(this.#waiting.length === 0 ? 1 : tickMs);
      if (this.#waiting.length > 0) this.#waiting.splice(choose(this.#waiting.length), 1)[0]!();
    }
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#inTurn(() => super.load(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#inTurn(() => super.create(record));
  }

  override save(...args: Parameters<MemorySessionStore['save']>): Promise<SaveOutcome> {
    return this.#inTurn(() => super.save(...args));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#inTurn(() => super.delete(key, revision));
  }

  override listByUser(userId: string): Promise<LiveRecord[]> {
    return this.#inTurn(() => super.listByUser(userId));
  }

  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isScheduled) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return call();
  }
}
