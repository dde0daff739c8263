import type { Clock } from '../core/clock.js';

/**
 * A bound on how long something may take, waiting included.
 *
 * @internal
 */
export class Deadline {
  #isOver = false;
  readonly #reached: Promise<never>;
  #cancel!: () => void;

  constructor(
    clock: Clock,
    private readonly limitMs: number,
  ) {
    this.#reached = new Promise((_, reject) => {
      this.#cancel = clock.schedule(limitMs, () => {
        this.#isOver = true;
        reject(this.#error());
      });
    });
    this.#reached.catch(() => undefined);
  }

  /** The outcome of the call, or a rejection at the deadline; after it, the call is not even made. */
  async bound<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isOver) throw this.#error();
    return Promise.race([call(), this.#reached]);
  }

  end(): void {
    this.#cancel();
  }

  #error(): Error {
    return new Error(`No answer within ${this.limitMs} ms`);
  }
}
