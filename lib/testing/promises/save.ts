import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { expectNoneAlive } from './expired.js';
import { AFTER_SOON_MS, RACERS, SOON_MS } from './measures.js';

/** @internal */
export const savePromises: readonly StorePromise[] = [
  {
    name: 'replaces a record that is at the expected revision',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { data: { is: 'first' }, userId: 'user-1' });
      const { userId: _, ...rest } = nextRecord(record, {
        data: { is: 'second' },
        expiresAt: clock.now() + 120_000,
      });
      await store.create(record);
      expect(await store.save(rest, record.revision)).toEqual('saved');
      expect(await store.load(record.key)).toEqual(rest);
    },
  },
  {
    name: 'stores the given expiry, though it may be the earlier one',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record, { expiresAt: record.expiresAt - 1 });
      await store.create(record);
      expect(await store.save(second, record.revision)).toEqual('saved');
      expect(await store.load(record.key)).toEqual(second);
    },
  },
  {
    name: 'keeps the latest expiry where it is asked to, though a touch was faster',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'user-1' });
      const [second, third] = [nextRecord(record), nextRecord(record)];
      const touched = record.expiresAt + 60_000;
      await store.create(record);
      await store.touch(record.key, touched, record.revision);
      expect(await store.save(second, record.revision, 'latest')).toEqual('saved');
      expect(await store.load(record.key)).toEqual({ ...second, expiresAt: touched });
      const latest = { ...third, expiresAt: touched + 1 };
      expect(await store.save(latest, second.revision, 'latest')).toEqual('saved');
      expect(await store.load(record.key)).toEqual(latest);
    },
  },
  {
    name: 'answers conflict at another revision, and keeps what was there',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const second = nextRecord(record, { data: { is: 'second' } });
      await store.create(record);
      await store.save(second, record.revision);
      const outcome = await store.save(
        nextRecord(record, { data: { is: 'third' } }),
        record.revision,
      );
      expect(outcome).toEqual('conflict');
      expect(await store.load(record.key)).toEqual(second);
    },
  },
  {
    name: 'answers conflict to a revision that is the beginning, or the end, of the stored one',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const stored = nextRecord(record, { revision: `5${record.revision}5a` });
      await store.create(record);
      await store.save(stored, record.revision);
      for (const revision of [`5${record.revision}5`, `${record.revision}5a`]) {
        const outcome = await store.save({ ...stored, revision, data: {} }, record.revision);
        expect(outcome).toEqual('conflict');
      }
      expect(await store.load(record.key)).toEqual(stored);
    },
  },
  {
    name: 'answers conflict whatever text the stored values hold',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      const late = nextRecord(record, { data: { is: 'late' } });
      const data = { quoted: `"revision":"${late.revision}"`, [late.revision]: [late.revision] };
      const stored = nextRecord(record, { data });
      await store.create(record);
      await store.save(stored, record.revision);
      expect(await store.save(late, record.revision)).toEqual('conflict');
      expect(await store.load(record.key)).toEqual(stored);
    },
  },
  {
    name: 'answers gone where nothing is stored, and creates nothing',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      expect(await store.save(nextRecord(record), record.revision)).toEqual('gone');
      expect(await store.load(record.key)).toEqual(undefined);
    },
  },
  {
    name: 'answers gone after a delete, and creates nothing',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      await store.create(record);
      await store.delete(record.key);
      expect(await store.save(nextRecord(record), record.revision)).toEqual('gone');
      expect(await store.load(record.key)).toEqual(undefined);
    },
  },
  {
    name: 'answers gone for an expired record, and revives nothing',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { expiresAt: clock.now() + SOON_MS });
      await store.create(record);
      await clock.pass(AFTER_SOON_MS);
      const late = nextRecord(record, { expiresAt: clock.now() + 60_000 });
      expect(await store.save(late, record.revision)).toEqual('gone');
      await expectNoneAlive(store, expect, record);
    },
  },
  {
    name: `lets exactly one of ${RACERS} racers for a revision win, and keeps what the winner stored`,
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      await store.create(record);
      const racers = Array.from({ length: RACERS }, (_, n) => nextRecord(record, { data: { n } }));
      const outcomes = await Promise.all(racers.map((one) => store.save(one, record.revision)));
      expect(outcomes.filter((outcome) => outcome === 'saved').length).toEqual(1);
      expect(outcomes.filter((outcome) => outcome === 'conflict').length).toEqual(RACERS - 1);
      expect(await store.load(record.key)).toEqual(racers[outcomes.indexOf('saved')]);
    },
  },
  {
    name: 'brings no record back that is deleted at the same time',
    test: async (store, expect, clock) => {
      for (let round = 0; round < RACERS; round++) {
        const record = sampleRecord(clock);
        await store.create(record);
        await Promise.all([
          store.save(nextRecord(record), record.revision),
          store.delete(record.key),
        ]);
        expect(await store.load(record.key)).toEqual(undefined);
      }
    },
  },
];
