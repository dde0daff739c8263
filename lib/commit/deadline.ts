import type { Clock } from '../core/clock.js';

/**
 * A bound on how long something may take, waiting included.
 *
 * @internal
 */
export class Deadline {
  #isOver = false;
  /** What rejects the calls under way. */
  readonly #rejections: ((error: Error) => void)[] = [];
  readonly #cancel: () => void;

  constructor(
    clock: Clock,
    private readonly limitMs: number,
  ) {
    this.#cancel = clock.schedule(limitMs, () => {
      this.#isOver = true;
      for (const reject of this.#rejections) reject(this.#error());
    });
  }

  /** The outcome of the call, or a rejection at the deadline; after it, the call is not even made. */
  bound<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) throw this.#error();
      this.#rejections.push(reject);
      call().then(resolve, reject);
    });
  }

  end(): void {
    this.#cancel();
  }

  #error(): Error {
    return new Error(`No answer within ${this.limitMs} ms`);
  }
}
