import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { AFTER_SOON_MS, RACERS, SOON_MS } from './measures.js';

/** @internal */
export const deletePromises: readonly StorePromise[] = [
  {
    name: 'removes a record and tells that it was there, once',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      await store.create(record);
      expect(await store.delete(record.key)).toEqual(true);
      expect(await store.load(record.key)).toEqual(undefined);
      expect(await store.delete(record.key)).toEqual(false);
    },
  },
  {
    name: 'takes an expired record for none',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await clock.pass(AFTER_SOON_MS);
      expect(await store.delete(record.key)).toEqual(false);
    },
  },
  {
    name: 'with a revision, removes a record at that one and no other',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record);
      await store.create(record);
      await store.save(second, record.revision);
      expect(await store.delete(record.key, record.revision)).toEqual(false);
      expect(await store.load(record.key)).toEqual(second);
      expect(await store.delete(record.key, second.revision)).toEqual(true);
      expect(await store.load(record.key)).toEqual(undefined);
      expect(await store.delete(record.key, second.revision)).toEqual(false);
    },
  },
  {
    name: 'of a revision and a save of it at the same time lets one happen',
    test: async (store, expect, clock) => {
      for (let round = 0; round < RACERS; round++) {
        const record = sampleRecord(clock);
        await store.create(record);
        const [outcome, isDeleted] = await Promise.all([
          store.save(nextRecord(record), record.revision),
          store.delete(record.key, record.revision),
        ]);
        expect(outcome).toEqual(isDeleted ? 'gone' : 'saved');
        expect((await store.load(record.key)) === undefined).toEqual(isDeleted);
      }
    },
  },
  {
    name: 'leaves other records alone',
    test: async (store, expect, clock) => {
      const [one, other] = [sampleRecord(clock), sampleRecord(clock)];
      await store.create(one);
      await store.create(other);
      await store.delete(one.key);
      expect(await store.load(other.key)).toEqual(other);
    },
  },
];
