import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { byKey, listByUser } from './listing.js';
import { AFTER_SOON_MS, SOON_MS } from './measures.js';

/** @internal */
export const listExpiringPromises: readonly StorePromise[] = [
  {
    name: 'lists no record from the instant of its expiry on',
    test: async (store, expect, clock) => {
      const alive = sampleRecord(clock, { userId: 'ann' });
      await store.create(alive);
      await store.create(sampleRecord(clock, { userId: 'ann', expiresAt: clock.now() + SOON_MS }));
      await clock.pass(AFTER_SOON_MS);
      expect(await listByUser(store, 'ann')).toEqual([alive]);
    },
  },
  {
    name: 'lists a record that a touch, or a save with a later absolute limit, keeps alive',
    test: async (store, expect, clock) => {
      const soon = clock.now() + SOON_MS;
      const [touched, saved] = [
        sampleRecord(clock, { userId: 'ann', expiresAt: soon }),
        sampleRecord(clock, { userId: 'ann', expiresAt: soon, absoluteExpiresAt: soon }),
      ];
      const later = clock.now() + 60_000;
      const next = nextRecord(saved, { expiresAt: later, absoluteExpiresAt: later });
      for (const record of [touched, saved]) await store.create(record);
      await store.touch(touched.key, later, touched.revision);
      await store.save(next, saved.revision);
      await clock.pass(AFTER_SOON_MS);
      expect(await listByUser(store, 'ann')).toEqual(
        byKey([{ ...touched, expiresAt: later }, next]),
      );
    },
  },
  {
    name: 'lists no record that was deleted, whatever else has its key by then',
    test: async (store, expect, clock) => {
      const [ended, replaced] = [
        sampleRecord(clock, { userId: 'ann' }),
        sampleRecord(clock, { userId: 'ann', expiresAt: clock.now() + SOON_MS }),
      ];
      const successor = sampleRecord(clock, { key: replaced.key, userId: 'bob' });
      for (const record of [ended, replaced]) await store.create(record);
      await store.delete(ended.key);
      await clock.pass(AFTER_SOON_MS);
      expect(await store.create(successor)).toEqual(true);
      expect(await listByUser(store, 'ann')).toEqual([]);
      expect(await listByUser(store, 'bob')).toEqual([successor]);
    },
  },
];
