import type { Clock } from '../core/options/clock.js';

type Reject = (error: Error) => void;

/**
 * A bound on the duration of an operation, waiting included. It can reserve half of the time for later calls.
 *
 * @internal
 */
export class Deadline {
  #isHalfOver = false;
  #isOver = false;
  /** Reject the calls under way. */
  readonly #rejections: Reject[] = [];
  /** Of those, reject the calls that have to leave the second half to others. */
  readonly #rejectionsAtHalf: Reject[] = [];
  #cancel: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {
    this.#cancel = clock.schedule(limitMs / 2, () => this.#passHalf());
  }

  /** The outcome of the call, or a rejection at the deadline; after the deadline, the call is not even made. */
  bound<T>(call: () => Promise<T>): Promise<T> {
    return this.#bound(call, this.#rejections);
  }

  /** As `bound`, but rejects when half of the time is over, unless the call was made after that. */
  boundToHalf<T>(call: () => Promise<T>): Promise<T> {
    return this.#bound(call, this.#isHalfOver ? this.#rejections : this.#rejectionsAtHalf);
  }

  end(): void {
    this.#cancel();
  }

  #bound<T>(call: () => Promise<T>, rejections: Reject[]): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) throw noAnswerWithin(this.limitMs);
      rejections.push(reject);
      call().then(resolve, reject);
    });
  }

  #passHalf(): void {
    const halfMs = this.limitMs / 2;
    this.#isHalfOver = true;
    this.#cancel = this.clock.schedule(halfMs, () => this.#pass());
    for (const reject of this.#rejectionsAtHalf) reject(noAnswerWithin(halfMs));
  }

  #pass(): void {
    this.#isOver = true;
    for (const reject of this.#rejections) reject(noAnswerWithin(this.limitMs));
  }
}

function noAnswerWithin(limitMs: number): Error {
  return new Error(`No answer within ${limitMs} ms`);
}
