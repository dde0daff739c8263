import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { expectNoneAlive } from './expired.js';
import { AFTER_SOON_MS, SOON_MS } from './measures.js';

/** @internal */
export const touchPromises: readonly StorePromise[] = [
  {
    name: 'moves the expiry and nothing else',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { data: { is: 'kept' } });
      const expiresAt = record.expiresAt + 60_000;
      await store.create(record);
      expect(await store.touch(record.key, expiresAt, record.revision)).toEqual(true);
      expect(await store.load(record.key)).toEqual({ ...record, expiresAt });
    },
  },
  {
    name: 'keeps a record alive beyond the expiry it was stored with',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await store.touch(record.key, clock.now() + 60_000, record.revision);
      await clock.pass(AFTER_SOON_MS);
      expect((await store.load(record.key))?.key).toEqual(record.key);
    },
  },
  {
    name: 'never brings the expiry closer: a touch that arrives late leaves the later one',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const expiresAt = record.expiresAt + 60_000;
      await store.create(record);
      await store.touch(record.key, expiresAt, record.revision);
      expect(await store.touch(record.key, clock.now() + SOON_MS, record.revision)).toEqual(true);
      expect(await store.load(record.key)).toEqual({ ...record, expiresAt });
      await clock.pass(AFTER_SOON_MS);
      expect((await store.load(record.key))?.expiresAt).toEqual(expiresAt);
    },
  },
  {
    name: 'changes no revision: a save that expects it succeeds',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      await store.create(record);
      await store.touch(record.key, record.expiresAt + 1000, record.revision);
      expect(await store.save(nextRecord(record), record.revision)).toEqual('saved');
    },
  },
  {
    name: 'answers false at another revision, and leaves the expiry alone',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record);
      await store.create(record);
      await store.save(second, record.revision);
      expect(await store.touch(record.key, record.expiresAt + 60_000, record.revision)).toEqual(
        false,
      );
      expect(await store.load(record.key)).toEqual(second);
    },
  },
  {
    name: 'answers false where nothing is stored, and creates nothing',
    test: async (store, expect, clock) => {
      const { key, revision, expiresAt } = sampleRecord(clock);
      expect(await store.touch(key, expiresAt, revision)).toEqual(false);
      expect(await store.load(key)).toEqual(undefined);
    },
  },
  {
    name: 'answers false for an expired record, and revives nothing',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await clock.pass(AFTER_SOON_MS);
      expect(await store.touch(record.key, clock.now() + 60_000, record.revision)).toEqual(false);
      await expectNoneAlive(store, expect, record);
    },
  },
];
