import { nextRecord, sampleRecord } from '../sample-record.js';
import type { StorePromise } from '../store-promise.js';
import { byKey, listByUser, rotated } from './listing.js';
import { RACERS } from './measures.js';

/**
 * They differ by case, by space, by an accent or its encoding, and by characters special to patterns and placeholders.
 */
const LOOKALIKES = [
  'ann',
  'Ann',
  'ann ',
  ' ann',
  '\u00e4nn',
  'a\u0308nn',
  '%',
  '_nn',
  '{ann}',
  `'; --`,
  'ann:1',
];

/** @internal */
export const listByUserPromises: readonly StorePromise[] = [
  {
    name: 'answers nothing for a user who has no session',
    test: async (store, expect, clock) => {
      await store.create(sampleRecord(clock));
      expect(await listByUser(store, 'ann')).toEqual([]);
    },
  },
  {
    name: 'gives back the records of a user whole, and those of nobody else',
    test: async (store, expect, clock) => {
      const [one, two] = [
        sampleRecord(clock, { userId: 'ann', data: { device: ['a phone'] } }),
        sampleRecord(clock, { userId: 'ann', lifetime: { kind: 'browser' } }),
      ];
      for (const record of [one, two, sampleRecord(clock, { userId: 'bob' }), sampleRecord(clock)])
        await store.create(record);
      expect(await listByUser(store, 'ann')).toEqual(byKey([one, two]));
    },
  },
  {
    name: 'tells users apart whose ids look alike',
    test: async (store, expect, clock) => {
      const records = LOOKALIKES.map((userId) => sampleRecord(clock, { userId }));
      for (const record of records) await store.create(record);
      for (const record of records)
        expect(await listByUser(store, record.userId!)).toEqual([record]);
    },
  },
  {
    name: 'lists all of many',
    test: async (store, expect, clock) => {
      const records = Array.from({ length: 50 }, () => sampleRecord(clock, { userId: 'ann' }));
      await Promise.all(records.map((record) => store.create(record)));
      expect(await listByUser(store, 'ann')).toEqual(byKey(records));
    },
  },
  {
    name: 'lists a record as the last save and the last touch left it',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'ann' });
      const second = nextRecord(record, { data: { is: 'second' } });
      const expiresAt = second.expiresAt + 1_000;
      await store.create(record);
      await store.save(second, record.revision);
      await store.touch(record.key, expiresAt, second.revision);
      expect(await listByUser(store, 'ann')).toEqual([{ ...second, expiresAt }]);
    },
  },
  {
    name: 'lists a record that a save gave to the user, and not under the former one',
    test: async (store, expect, clock) => {
      const [anonymous, of] = [sampleRecord(clock), sampleRecord(clock, { userId: 'bob' })];
      const [first, second] = [
        nextRecord(anonymous, { userId: 'ann' }),
        nextRecord(of, { userId: 'ann' }),
      ];
      for (const record of [anonymous, of]) await store.create(record);
      expect(await store.save(first, anonymous.revision)).toEqual('saved');
      expect(await store.save(second, of.revision)).toEqual('saved');
      expect(await listByUser(store, 'ann')).toEqual(byKey([first, second]));
      expect(await listByUser(store, 'bob')).toEqual([]);
    },
  },
  {
    name: 'lists no record that a save took from the user, and lists it when it is given back',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'ann' });
      const { userId: _, ...nobodys } = nextRecord(record);
      const back = nextRecord(nobodys, { userId: 'ann' });
      await store.create(record);
      await store.save(nobodys, record.revision);
      expect(await listByUser(store, 'ann')).toEqual([]);
      expect(await store.save(back, nobodys.revision)).toEqual('saved');
      expect(await listByUser(store, 'ann')).toEqual([back]);
    },
  },
  {
    name: 'leaves a record with its user where a save for another one lost',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'ann' });
      await store.create(record);
      expect(await store.save(nextRecord(record, { userId: 'bob' }), 'another')).toEqual(
        'conflict',
      );
      expect(await listByUser(store, 'bob')).toEqual([]);
      expect(await listByUser(store, 'ann')).toEqual([record]);
    },
  },
  {
    name: `lists a record that ${RACERS} racers give to as many users with the winner alone`,
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock);
      await store.create(record);
      const racers = Array.from({ length: RACERS }, (_, n) =>
        nextRecord(record, { userId: `user-${n}` }),
      );
      const outcomes = await Promise.all(racers.map((one) => store.save(one, record.revision)));
      const lists = await Promise.all(racers.map(({ userId }) => listByUser(store, userId!)));
      expect(lists).toEqual(racers.map((racer, n) => (outcomes[n] === 'saved' ? [racer] : [])));
    },
  },
  {
    name: 'lists what a rotation put in the place of a record, and not its marker',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'ann' });
      await store.create(record);
      const next = await rotated(store, record, clock);
      expect(await listByUser(store, 'ann')).toEqual([next]);
    },
  },
  {
    name: 'misses no session that is rotated meanwhile, under both of its keys',
    test: async (store, expect, clock) => {
      let record = sampleRecord(clock, { userId: 'ann' });
      await store.create(record);
      for (let round = 0; round < RACERS; round++) {
        const [before, next, after] = await Promise.all([
          listByUser(store, 'ann'),
          rotated(store, record, clock),
          listByUser(store, 'ann'),
        ]);
        expect([before, after].filter((list) => list.length === 0)).toEqual([]);
        record = next;
      }
    },
  },
  {
    name: 'hands out copies',
    test: async (store, expect, clock) => {
      const record = sampleRecord(clock, { userId: 'ann', data: { list: ['kept'] } });
      await store.create(record);
      const [listed] = await listByUser(store, 'ann');
      (listed!.data.list as string[]).push('added to what was listed');
      expect(await listByUser(store, 'ann')).toEqual([record]);
    },
  },
];
