import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { AFTER_SOON_MS, RACERS, SOON_MS } from './measures.js';

/** @internal */
export const createPromises: readonly StorePromise[] = [
  {
    name: 'answers false for a key that is taken, and keeps what was there',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { data: { is: 'first' } });
      expect(await store.create(record)).toEqual(true);
      expect(await store.create(nextRecord(record, { data: { is: 'second' } }))).toEqual(false);
      expect(await store.load(record.key)).toEqual(record);
    },
  },
  {
    name: 'takes the key of an expired record for free',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await clock.pass(AFTER_SOON_MS);
      const successor = sampleRecord(clock, { key: record.key, data: { is: 'successor' } });
      expect(await store.create(successor)).toEqual(true);
      expect(await store.load(record.key)).toEqual(successor);
    },
  },
  {
    name: `lets exactly one of ${RACERS} racers for a key win, and keeps what the winner stored`,
    test: async (store, expect, clock) => {
      const first = sampleRecord(clock);
      const racers = Array.from({ length: RACERS }, (_, n) => nextRecord(first, { data: { n } }));
      const answers = await Promise.all(racers.map((record) => store.create(record)));
      expect(answers.filter(Boolean).length).toEqual(1);
      expect(await store.load(first.key)).toEqual(racers[answers.indexOf(true)]);
    },
  },
];
