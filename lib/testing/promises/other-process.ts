import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';

/** The other process has loaded each record before: its own cache must not return stale ones. @internal */
export const otherProcessPromises: readonly StorePromise[] = [
  {
    name: 'has loaded a record, and sees a save of it at once',
    test: async (store, expect, clock, other) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record, { data: { is: 'second' } });
      await store.create(record);
      expect(await other.load(record.key)).toEqual(record);
      await store.save(second, record.revision);
      expect(await other.load(record.key)).toEqual(second);
    },
  },
  {
    name: 'is refused the key of a record',
    test: async (store, expect, clock, other) => {
      const record = sampleRecord(clock);
      expect(await other.load(record.key)).toEqual(undefined);
      await store.create(record);
      expect(await other.create(nextRecord(record))).toEqual(false);
      expect(await other.load(record.key)).toEqual(record);
    },
  },
  {
    name: 'saves at a revision that is overtaken, and is answered conflict',
    test: async (store, expect, clock, other) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record, { data: { is: 'second' } });
      await store.create(record);
      await other.load(record.key);
      await store.save(second, record.revision);
      expect(await other.save(nextRecord(record), record.revision)).toEqual('conflict');
      expect(await store.load(record.key)).toEqual(second);
    },
  },
  {
    name: 'has loaded a record, and sees its end at once',
    test: async (store, expect, clock, other) => {
      const record = sampleRecord(clock);
      await store.create(record);
      expect(await other.load(record.key)).toEqual(record);
      await store.delete(record.key);
      expect(await other.load(record.key)).toEqual(undefined);
    },
  },
  {
    name: 'has loaded a record, and sees a touch of it at once',
    test: async (store, expect, clock, other) => {
      const record = sampleRecord(clock);
      const expiresAt = record.expiresAt + 60_000;
      await store.create(record);
      expect(await other.load(record.key)).toEqual(record);
      expect(await store.touch(record.key, expiresAt, record.revision)).toEqual(true);
      expect(await other.load(record.key)).toEqual({ ...record, expiresAt });
    },
  },
];
