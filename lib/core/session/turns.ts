/**
 * Runs tasks one after the other.
 *
 * @internal
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #left = 0;

  /** Whether a task runs or waits. */
  get areLeft(): boolean {
    return this.#left > 0;
  }

  /** The outcome of a task, which starts at once if no other is left. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#left++ === 0 ? task() : this.#last.then(task);
    const leave = (): void => void this.#left--;
    this.#last = turn.then(leave, leave);
    return turn;
  }
}
