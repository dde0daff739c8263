import { setTimeout as delay } from 'node:timers/promises';

export type Trouble = 'none' | 'fails' | 'hangs';

/** What every library keeps its sessions in: a map in memory that takes its time, and has trouble when told to. */
export class SlowStore {
  readonly #texts = new Map<string, string>();
  readMs = 3;
  writeMs = 3;
  readTrouble: Trouble = 'none';
  writeTrouble: Trouble = 'none';

  async read(key: string): Promise<string | undefined> {
    await pass(this.readMs, this.readTrouble);
    return this.#texts.get(key);
  }

  /** Looks and writes in one step, as a script or a statement does; what it answers is the change's. */
  async write<T>(change: (texts: Map<string, string>) => T): Promise<T> {
    await pass(this.writeMs, this.writeTrouble);
    return change(this.#texts);
  }
}

async function pass(durationMs: number, trouble: Trouble): Promise<void> {
  await delay(durationMs);
  if (trouble === 'fails') throw new Error('connection refused');
  if (trouble === 'hangs') await new Promise<never>(() => undefined);
}
