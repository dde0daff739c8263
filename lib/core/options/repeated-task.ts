import type { Clock } from './clock.js';
import { MAX_DELAY_MS } from './duration.js';

/** Variation of each interval, so that processes that started together drift apart. */
const JITTER = 0.1;

/**
 * Runs a task repeatedly: first after a random part of the interval, then about once per interval, with no two runs
 * overlapping. The task reports its own failures, and does not reject.
 *
 * @internal
 */
export class RepeatedTask {
  #cancel: () => void = () => undefined;
  #running: Promise<unknown> | undefined;
  #isStopped = true;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly task: (isStopped: () => boolean) => Promise<unknown>,
  ) {}

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#plan(Math.random() * this.everyMs);
  }

  /** Resolves once a run under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #plan(delayMs: number): void {
    this.#cancel = this.clock.schedule(Math.min(Math.round(delayMs), MAX_DELAY_MS), () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    await this.task(() => this.#isStopped);
    if (this.#isStopped) return;
    this.#plan(this.everyMs * (1 + JITTER * (2 * Math.random() - 1)));
  }
}
