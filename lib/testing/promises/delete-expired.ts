import type { ExpiredDeletion, SessionStore } from '../../core/record/session-store.js';
import { sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { SOON_MS } from './measures.js';

/** Longer than the tests take, and longer than a store may wait before it removes expired records. */
const ALIVE_MS = 3_600_000;

/** @internal */
export const deleteExpiredPromises: readonly StorePromise[] = [
  {
    name: 'removes what has expired, tells how much that was, and leaves the rest',
    test: async (store, expect, clock) => {
      const alive = sampleRecord(clock, { expiresAt: clock.now() + ALIVE_MS });
      await store.create(alive);
      for (let n = 0; n < 5; n++)
        await store.create(sampleRecord(clock, { expiresAt: clock.now() + SOON_MS }));
      await clock.pass(clock.purgeGraceMs);
      expect(await deleteExpired(store)).toEqual(5);
      expect(await deleteExpired(store)).toEqual(0);
      expect(await store.load(alive.key)).toEqual(alive);
    },
  },
  {
    name: 'removes no more at once than it is told to',
    test: async (store, expect, clock) => {
      for (let n = 0; n < 5; n++)
        await store.create(sampleRecord(clock, { expiresAt: clock.now() + SOON_MS }));
      await clock.pass(clock.purgeGraceMs);
      expect([await deleteExpired(store, 3), await deleteExpired(store, 3)]).toEqual([3, 2]);
    },
  },
  {
    name: 'spares a record that was touched in time',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await store.touch(record.key, clock.now() + ALIVE_MS, record.revision);
      await clock.pass(clock.purgeGraceMs);
      expect(await deleteExpired(store)).toEqual(0);
      expect((await store.load(record.key))?.key).toEqual(record.key);
    },
  },
];

function deleteExpired(store: SessionStore, limit?: number): Promise<number> {
  return (store as SessionStore & ExpiredDeletion).deleteExpired(limit);
}
