/** Stands between two parts of a test: one waits until the other arrives. */
export class Barrier<T = void> {
  readonly reached: Promise<T>;
  open!: (value: T) => void;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
