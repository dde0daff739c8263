import { makeRecord, type Tombstone } from '../../core/record/session-record.js';
import { sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { expectNoneAlive } from './expired.js';
import { AFTER_SOON_MS, SOON_MS } from './measures.js';

/**
 * Data that tests of a store often omit: quotes, placeholders, controls, four-byte characters, property names of
 * Object.
 */
const HOSTILE_DATA = {
  quotes: `'"\`\\ ; -- $1 ? :name %s {}`,
  controls: '\u0000\u0001\u001f\u007f\u2028\u2029\r\n\t',
  letters: 'äß漢字🎉\ud800',
  constructor: 'a',
  toString: 'b',
  hasOwnProperty: 'c',
  'a.b$c': [[[{ deep: [null, true, -1.5e-7, 1e21] }]]],
  '': 'the empty key',
};

const BIG_DATA = { text: 'x'.repeat(60_000) };

/** @internal */
export const loadPromises: readonly StorePromise[] = [
  {
    name: 'answers undefined for a key that nothing is stored under',
    test: async (store, expect, clock) => {
      expect(await store.load(sampleRecord(clock).key)).toEqual(undefined);
    },
  },
  {
    name: 'gives back a whole record',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, {
        data: { cart: [{ id: 'a', n: 2 }] },
        userId: 'user-1',
        lifetime: { kind: 'inactivity', idleTimeoutMs: 1000 },
        recentRevisions: ['older', 'old'],
      });
      await store.create(record);
      expect(await store.load(record.key)).toEqual(record);
    },
  },
  {
    name: 'gives back a tombstone',
    test: async (store, expect, clock) => {
      const { key, revision, recentRevisions, createdAt, expiresAt } = sampleRecord(clock);
      const head = { key, revision, recentRevisions, createdAt, expiresAt };
      const tombstone = makeRecord<Tombstone>({
        kind: 'tombstone',
        ...head,
        absoluteExpiresAt: expiresAt,
      });
      await store.create(tombstone);
      expect(await store.load(key)).toEqual(tombstone);
    },
  },
  {
    name: 'gives back hostile keys and values unchanged',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { data: HOSTILE_DATA, userId: `o'Neil; --"` });
      await store.create(record);
      expect(await store.load(record.key)).toEqual(record);
    },
  },
  {
    name: 'gives back a record of 60 kB unchanged',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { data: BIG_DATA });
      await store.create(record);
      expect(await store.load(record.key)).toEqual(record);
    },
  },
  {
    name: 'tells keys apart that differ in case only',
    test: async (store, expect, clock) => {
      const upper = sampleRecord(clock, { key: `A${'a'.repeat(42)}`, data: { is: 'upper' } });
      const lower = sampleRecord(clock, { key: 'a'.repeat(43), data: { is: 'lower' } });
      expect([await store.create(upper), await store.create(lower)]).toEqual([true, true]);
      expect(await store.load(upper.key)).toEqual(upper);
      expect(await store.load(lower.key)).toEqual(lower);
    },
  },
  {
    name: 'never hands out an expired record as a live one: it answers undefined, or the record with its past expiry',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS, userId: 'user-1' });
      await store.create(record);
      await clock.pass(AFTER_SOON_MS);
      await expectNoneAlive(store, expect, record);
      await expectNoneAlive(store, expect, record);
    },
  },
  {
    name: 'hands out copies: what a caller does to one changes nothing that is stored',
    test: async (store, expect, clock) => {
      const list = ['kept'];
      const record = sampleRecord(clock, { data: { list } });
      const unchanged = { ...record, data: { list: ['kept'] } };
      await store.create(record);
      list.push('added to what was stored');
      const loaded = await store.load(record.key);
      if (loaded?.kind === 'live') (loaded.data.list as string[]).push('added to what was loaded');
      expect(await store.load(record.key)).toEqual(unchanged);
    },
  },
];
