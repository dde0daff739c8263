import { sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { AFTER_SOON_MS, SOON_MS } from './measures.js';

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
