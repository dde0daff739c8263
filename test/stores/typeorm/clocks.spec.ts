import { jest } from '@jest/globals';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { CLOCK_TOLERANCE_MS, systemClock } from '../../../lib/core/options/clock.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';

const MINUTE_MS = 60_000;

const found = await findDatabases();
const servers = found.filter(([, { type }]) => type !== 'better-sqlite3');
const now = () => performance.timeOrigin + performance.now();

afterAll(() => Promise.all(found.map(([, database]) => database.stop())));
afterEach(() => jest.restoreAllMocks());

/** From now on the clock of this process is wrong, and that of the database is not. */
function goWrongBy(spanMs: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => Math.round(now()) + spanMs);
}

for (const [name, database] of servers) {
  describe(`By the clock of ${name}`, () => {
    let dataSource: DataSource;
    let table: string;
    let store: TypeOrmSessionStore;

    beforeAll(async () => {
      dataSource = await connectTo(database, { poolSize: 1 });
      table = await createTable(dataSource);
      store = new TypeOrmSessionStore(dataSource, { table });
    });

    afterAll(async () => {
      await dropTable(dataSource, table);
      await dataSource.destroy();
    });

    /** A stored record that expires so long from now. */
    const created = async (lifeMs: number) => {
      const expiresAt = Math.round(now()) + lifeMs;
      const record = sampleRecord(systemClock, { expiresAt, userId: 'user-1' });
      await store.create(record);
      return record;
    };

    it('a server half an hour fast purges no session that is alive', async () => {
      const record = await created(20 * MINUTE_MS);
      goWrongBy(30 * MINUTE_MS);

      expect(await store.deleteExpired()).toBe(0);
      expect(await store.load(record.key)).toEqual(record);
    });

    it('a purge takes what expired more than a minute ago', async () => {
      const recent = await created(-CLOCK_TOLERANCE_MS + 10_000);
      await created(-CLOCK_TOLERANCE_MS - 1);
      goWrongBy(-30 * MINUTE_MS);

      expect(await store.deleteExpired()).toBe(1);
      expect(await store.load(recent.key)).toEqual(recent);
    });

    it('a server five minutes fast finds what is alive', async () => {
      const record = await created(3 * MINUTE_MS);
      const second = nextRecord(record);
      const third = nextRecord(second);
      goWrongBy(5 * MINUTE_MS);

      expect(await store.create(record)).toBe(false);
      expect(await store.save(second, record.revision)).toBe('saved');
      expect(await store.touch(record.key, record.expiresAt + 1, second.revision)).toBe(true);
      expect(await store.save(third, record.revision)).toBe('conflict');
      expect((await store.listByUser('user-1')).map(({ key }) => key)).toContain(record.key);
      expect(await store.delete(record.key)).toBe(true);
    });

    it('a server five minutes slow revives nothing that has expired', async () => {
      const record = await created(-MINUTE_MS / 2);
      goWrongBy(-5 * MINUTE_MS);
      const later = record.expiresAt + 10 * MINUTE_MS;

      expect(await store.save(nextRecord(record), record.revision)).toBe('gone');
      expect(await store.touch(record.key, later, record.revision)).toBe(false);
      expect((await store.listByUser('user-1')).map(({ key }) => key)).not.toContain(record.key);
      expect(await store.create({ ...record, expiresAt: later })).toBe(true);
    });

    it('the time of the store is in milliseconds, in any time zone', async () => {
      const setZone = database.type === 'postgres' ? 'SET timezone =' : 'SET time_zone =';
      await dataSource.query(`${setZone} '-07:00'`);
      goWrongBy(5 * MINUTE_MS);
      const [before, told, after] = [now(), await store.currentTime(), now()];

      expect(told).toBeGreaterThan(before - 1_000);
      expect(told).toBeLessThan(after + 1_000);
      expect(await store.currentTime()).toBeGreaterThanOrEqual(told);
    });
  });
}

describe('On SQLite', () => {
  it('the time of the store is that of the machine', async () => {
    const dataSource = await connectTo(new Map(found).get('SQLite')!);
    jest.spyOn(Date, 'now').mockReturnValue(1_234_567_890_123);

    expect(await new TypeOrmSessionStore(dataSource).currentTime()).toBe(1_234_567_890_123);
    await dataSource.destroy();
  });
});
