import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SaveOutcome, type SessionRecord, SessionStore } from 'nestjs-sessions';
import { type Clock, systemClock } from '../../../lib/core/options/clock.js';
import { World } from './world.js';

const current = new AsyncLocalStorage<World>();
const HEADER = 'x-world';

const machine: Clock = { ...systemClock };
const time = (): Clock => current.getStore()?.clock ?? machine;

/** Makes the clock of the machine, for a request, that of the world it lives in. */
export function giveWorldsTheirTime(): void {
  systemClock.now = () => time().now();
  systemClock.schedule = (delayMs, callback) => time().schedule(delayMs, callback);
}

/** The store of an application whose requests each name the world they live in, so that cases can run side by side. */
export class Worlds extends SessionStore {
  readonly #open: World[] = [];

  open(): { readonly world: World; readonly headers: Readonly<Record<string, string>> } {
    const world = new World();
    return { world, headers: { [HEADER]: String(this.#open.push(world) - 1) } };
  }

  /** A middleware, to be the first of all. */
  readonly enter = (request: IncomingMessage, _: ServerResponse, next: () => void): void =>
    current.run(this.#open[Number(request.headers[HEADER])]!, next);

  override load(key: string): Promise<SessionRecord | undefined> {
    return world().call('load', (store) => store.load(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return world().call('create', (store) => store.create(record));
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    return world().call('save', (store) => store.save(...args));
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return world().call('touch', (store) => store.touch(key, expiresAt, revision));
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return world().call('delete', (store) => store.delete(key, revision));
  }
}

function world(): World {
  const found = current.getStore();
  if (!found) throw new Error('A call to the store that no request made');
  return found;
}
