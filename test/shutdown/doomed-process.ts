/** The program of a process that is killed while every one of its requests stands at another call to the store. */
import { openSession } from 'nestjs-sessions';
import { type Place as StorePlace, storeMakers } from '../support/workers/store-makers.js';
import { deeds, type Deed } from './deeds.js';
import { PATIENCE } from './patience.js';
import { type Place, StoppingStore } from './stopping-store.js';

/** A request, and where it stops. */
export interface Task {
  readonly deed: Deed;
  readonly id?: string | undefined;
  readonly call: number;
  readonly place: Place;
}

/** The request of that number has stopped; it dealt with these keys. */
export type Stop = readonly [number: number, keys: readonly string[]];

const [storeName, place] = process.argv.slice(2) as [string, string];
const { store } = await storeMakers[storeName]!(JSON.parse(place) as StorePlace);

process.on('message', (tasks: readonly Task[]) => {
  for (const [number, { deed, id, call, place }] of tasks.entries()) {
    const stopped = (keys: readonly string[]) => process.send!([number, keys] satisfies Stop);
    const session = openSession(new StoppingStore(store, { call, place }, stopped), id, {
      limits: PATIENCE,
    });
    void deeds[deed].do(session);
  }
});
process.on('disconnect', () => process.exit());
process.send!('ready');
