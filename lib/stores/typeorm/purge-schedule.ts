import type { Clock } from '../../core/clock.js';

/** How far apart two purges may be from the interval, so that those of several processes drift apart. */
const JITTER = 0.1;

/**
 * Runs a purge again and again: at the first time after a random part of the interval, then about once per interval,
 * never twice at once.
 *
 * @internal
 */
export class PurgeSchedule {
  #cancel: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #isStopped = true;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly purge: (isStopped: () => boolean) => Promise<void>,
  ) {}

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#plan(Math.random() * this.intervalMs);
  }

  /** Resolves when a purge that is under way has come to its end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #plan(delayMs: number): void {
    this.#cancel = this.clock.schedule(Math.round(delayMs), () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    await this.purge(() => this.#isStopped);
    if (this.#isStopped) return;
    this.#plan(this.intervalMs * (1 + JITTER * (2 * Math.random() - 1)));
  }
}
