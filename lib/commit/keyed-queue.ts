/**
 * Runs the tasks of one key one after the other, and those of different keys side by side.
 *
 * @internal
 */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = this.#last.get(key)?.then(task) ?? task();
    const done = (): void => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    };
    const settled = turn.then(done, done);
    this.#last.set(key, settled);
    return turn;
  }
}
