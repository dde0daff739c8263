import type { Crew } from './crew.js';
import { type Fault, killedProcess, stoppedProcess } from './faults.js';
import { random } from './plan.js';

const BETWEEN_MS = [5, 60] as const;
/** From nothing worth mentioning to more than a request waits. */
const LASTING_MS = [5, 150] as const;
/** A process takes long to start, so that few are killed. */
const KILLING = 0.06;

/** One fault after the other, at random. */
export class Disturbance {
  /** The names of the faults that there were. */
  readonly names: string[] = [];
  readonly #kill: Fault;
  readonly #others: readonly Fault[];

  constructor(crew: Crew, faults: readonly Fault[]) {
    this.#kill = killedProcess(crew);
    this.#others = [stoppedProcess(crew), ...faults];
  }

  /** Disturbs work until it is done. */
  async during(work: Promise<unknown>): Promise<void> {
    const state = { isOver: false };
    const over = work.finally(() => (state.isOver = true));
    await pause(BETWEEN_MS, over);
    while (!state.isOver) {
      const end = await this.#begin();
      await pause(LASTING_MS, over).finally(end);
      await pause(BETWEEN_MS, over);
    }
    await over;
  }

  #begin(): Promise<() => unknown> {
    const any = this.#others[Math.floor(random(0, this.#others.length))]!;
    const fault = Math.random() < KILLING ? this.#kill : any;
    this.names.push(fault.name);
    return fault.begin();
  }
}

async function pause([least, most]: readonly [number, number], over: Promise<unknown>) {
  let timer: NodeJS.Timeout;
  const passed = new Promise((resolve) => (timer = setTimeout(resolve, random(least, most))));
  await Promise.race([over, passed]).finally(() => clearTimeout(timer));
}
