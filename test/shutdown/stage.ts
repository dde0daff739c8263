import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { type Place, storeMakers } from '../support/workers/store-makers.js';
import { startProgram } from '../support/workers/worker-processes.js';

/** An adapter, and a store that its application opens and closes. */
export interface Subject {
  readonly adapter: string;
  readonly store: string;
  readonly place: Place;
}

/** How a process ended that was told to. */
export type Exit = 'SIGTERM' | 'another way' | 'not at all';

const EXIT_WITHIN_MS = 10_000;

/** A process that serves sessions, seen from here. */
export class ServingProcess {
  /** What its log said beyond the ordinary. */
  readonly complaints: string[] = [];
  readonly #exit: Promise<Exit>;

  private constructor(
    private readonly process: ChildProcess,
    readonly origin: string,
  ) {
    process.on('message', (complaint: string) => this.complaints.push(complaint));
    this.#exit = once(process, 'exit').then(([, signal]) =>
      signal === 'SIGTERM' ? signal : 'another way',
    );
  }

  static async start({ adapter, store, place }: Subject): Promise<ServingProcess> {
    const args = [adapter, store, JSON.stringify(place)];
    const process = startProgram('test/shutdown/server-process.ts', ...args);
    const [origin] = (await once(process, 'message')) as [string];
    return new ServingProcess(process, origin);
  }

  /** Tells it to end, once. */
  end(): void {
    this.process.kill('SIGTERM');
  }

  /** Waits until it has ended by itself, for so long as that may take. */
  async exit(): Promise<Exit> {
    const limit = pause(EXIT_WITHIN_MS).then((): Exit => 'not at all');
    const exit = await Promise.race([this.#exit, limit]);
    this.process.kill('SIGKILL');
    return exit;
  }
}

/** The same store, opened by the test. */
export function openStore({ store, place }: Subject) {
  return storeMakers[store]!(place);
}

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs).unref());
}
