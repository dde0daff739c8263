/**
 * Runs a task again and again, never twice at once, at about the given pace: jitter keeps processes that started
 * together from doing it together. Keeps no process alive.
 *
 * @internal
 */
export class RepeatedTask {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    private readonly everyMs: number,
    private readonly task: (isStopped: () => boolean) => Promise<unknown>,
    private readonly report: (error: unknown) => void,
  ) {}

  start(): void {
    if (this.#isStopped) return;
    const delayMs = Math.min(this.everyMs * (0.75 + Math.random() / 2), MAX_DELAY_MS);
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, delayMs).unref();
  }

  /** Resolves when a run that is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.task(() => this.#isStopped);
    } catch (error) {
      this.report(error);
    }
    this.start();
  }
}

/** Node's timers hold 31 bits. */
const MAX_DELAY_MS = 2 ** 31 - 1;
