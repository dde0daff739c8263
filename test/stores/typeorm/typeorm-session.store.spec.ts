import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { describeSessionStore, ManualClock } from 'nestjs-sessions/testing';
import { DataSource } from 'typeorm';
import { CLOCK_TOLERANCE_MS } from '../../../lib/core/options/clock.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';
import { StatementLog } from './statement-log.js';

const databases = await findDatabases();

describe.each(databases)('On %s', (name, database) => {
  const statements = new StatementLog();
  const clock = new ManualClock(Date.now());
  let dataSource: DataSource;
  let table: string;
  let store: TypeOrmSessionStore;

  beforeAll(async () => {
    dataSource = await connectTo(database, { logger: statements });
    table = await createTable(dataSource);
    store = new TypeOrmSessionStore(dataSource, { table, clock });
  });

  afterAll(async () => {
    await dropTable(dataSource, table);
    await dataSource.destroy();
    await database.stop();
  });

  describeSessionStore(
    { describe, it, expect },
    `TypeOrmSessionStore on ${name}`,
    async (clock) => {
      await dataSource.query(`DELETE FROM ${table}`);
      const open = () => new TypeOrmSessionStore(dataSource, { table, clock });
      return { store: open(), other: open() };
    },
    { deletesExpired: true, listsByUser: true },
  );

  describe('The statements of an operation', () => {
    const record = sampleRecord(clock, { userId: 'user-1' });
    const second = nextRecord(record);
    beforeEach(() => statements.take());

    it('are one INSERT for create', async () => {
      await store.create(record);

      expect(statements.takeVerbs()).toEqual(['INSERT']);
    });

    it('are one SELECT for load', async () => {
      await store.load(record.key);

      expect(statements.takeVerbs()).toEqual(['SELECT']);
    });

    it('are one UPDATE for touch', async () => {
      await store.touch(record.key, record.expiresAt + 1, record.revision);

      expect(statements.takeVerbs()).toEqual(['UPDATE']);
    });

    it('are one UPDATE and a look for a touch that moves nothing', async () => {
      await store.touch(record.key, record.expiresAt, record.revision);

      expect(statements.takeVerbs()).toEqual(['UPDATE', 'SELECT']);
    });

    it('are one UPDATE for save', async () => {
      await store.save(second, record.revision);

      expect(statements.takeVerbs()).toEqual(['UPDATE']);
    });

    it('are one UPDATE and a look for save where it lost', async () => {
      await store.save(second, record.revision);

      expect(statements.takeVerbs()).toEqual(['UPDATE', 'SELECT']);
    });

    it('are one INSERT and a DELETE of what expired for create where the key is taken', async () => {
      await store.create(record);

      expect(statements.takeVerbs()).toEqual(['INSERT', 'DELETE']);
    });

    it('are one SELECT for listByUser', async () => {
      await store.listByUser('user-1');

      expect(statements.takeVerbs()).toEqual(['SELECT']);
    });

    it('are one DELETE for delete', async () => {
      await store.delete(record.key);

      expect(statements.takeVerbs()).toEqual(['DELETE']);
    });
  });

  it('keeps the expiry and the user of a record where SQL can see them', async () => {
    const record = sampleRecord(clock, { userId: 'user-1' });
    await store.create(record);
    const { driver } = dataSource;
    const [row] = await dataSource.query<Record<string, unknown>[]>(
      `SELECT user_id, expires_at FROM ${table} WHERE ${driver.escape('key')} = '${record.key}'`,
    );

    expect(row).toMatchObject({ user_id: 'user-1' });
    expect(Number(row!.expires_at)).toBe(record.expiresAt);
  });

  it('distinguishes keys and revisions that differ by case', async () => {
    const [lower, upper] = [
      sampleRecord(clock, { key: 'a'.repeat(43), revision: 'x' }),
      sampleRecord(clock, { key: 'A'.repeat(43), revision: 'X' }),
    ];
    await store.create(lower);

    expect(await store.create(upper)).toBe(true);
    expect(await store.load(lower.key)).toEqual(lower);
    expect(await store.save(nextRecord(lower), 'X')).toBe('conflict');
  });

  it('removes a record that this process thinks expired when it is destroyed', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const ahead = new ManualClock(record.expiresAt + 1);
    const other = new TypeOrmSessionStore(dataSource, { table, clock: ahead });

    expect(await other.delete(record.key)).toBe(false);
    expect(await store.load(record.key)).toBeUndefined();
  });

  it('finds a touched record alive, at the moved expiry', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    await store.touch(record.key, record.expiresAt + 1_000, record.revision);

    expect(await store.load(record.key)).toEqual({
      ...record,
      expiresAt: record.expiresAt + 1_000,
    });
  });

  it('keeps the latest expiry of touches that come at once, the latest first', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const expiries = Array.from({ length: 20 }, (_, n) => record.expiresAt + 2_000 - 100 * n);
    const touches = expiries.map((expiry) => store.touch(record.key, expiry, record.revision));

    expect(await Promise.all(touches)).toEqual(expiries.map(() => true));
    expect((await store.load(record.key))?.expiresAt).toBe(record.expiresAt + 2_000);
  });

  it('hands out what has expired, until a purge a minute later', async () => {
    const record = sampleRecord(clock);
    await store.create(record);
    const later = new ManualClock(record.expiresAt + CLOCK_TOLERANCE_MS - 1);
    const other = new TypeOrmSessionStore(dataSource, { table, clock: later });

    await other.deleteExpired();
    expect(await other.load(record.key)).toEqual(record);
    later.advance(1);
    await other.deleteExpired();
    expect(await other.load(record.key)).toBeUndefined();
  });

  it('deletes more than a batch of expired records', async () => {
    await dataSource.query(`DELETE FROM ${table}`);
    const records = Array.from({ length: 1_100 }, () => sampleRecord(clock));
    await Promise.all(records.map((record) => store.create(record)));
    const later = new ManualClock(clock.now() + 120_000);
    const purger = new TypeOrmSessionStore(dataSource, { table, clock: later });

    expect(await purger.deleteExpired(600)).toBe(600);
    expect(await purger.deleteExpired()).toBe(500);
    expect(await dataSource.query(`SELECT 1 FROM ${table}`)).toEqual([]);
  });

  it('lists by user ids of any length, and takes no two that begin alike for one', async () => {
    const beginning = '🎉'.repeat(300);
    const hers = sampleRecord(clock, { userId: `${beginning}ann` });
    const his = sampleRecord(clock, { userId: `${beginning}bob` });
    for (const record of [hers, his]) await store.create(record);

    expect(await store.listByUser(`${beginning}ann`)).toEqual([hers]);
    expect(await store.listByUser(`${beginning}bob`)).toEqual([his]);
  });

  it('lists what it can read of a user, and lets the rest lie', async () => {
    const [sound, damaged] = [1, 2].map(() => sampleRecord(clock, { userId: 'user-2' }));
    for (const record of [sound!, damaged!]) await store.create(record);
    const key = dataSource.driver.escape('key');
    await dataSource.query(`UPDATE ${table} SET record = '{"a' WHERE ${key} = '${damaged!.key}'`);

    expect(await store.listByUser('user-2')).toEqual([sound]);
  });

  it('throws no key and no value', async () => {
    const record = sampleRecord(clock, { data: { secret: 'a secret value' } });
    const lost = new TypeOrmSessionStore(dataSource, { table: 'no_such_table', clock });
    const error = await lost.create(record).catch((error: unknown) => error);

    expect(error).toMatchObject({ name: 'SqlError' });
    const shown = JSON.stringify([String(error), error, (error as Error).cause]);
    expect(shown).not.toContain(record.key);
    expect(shown).not.toContain('secret');
  });
});

describe('TypeOrmSessionStore', () => {
  const dataSource = new DataSource({ type: 'postgres' });

  it.each([
    [
      { purgeEvery: '0s' },
      'Expected `TypeOrmSessionStore purgeEvery` to be a positive number of milliseconds or a text like "30m", got "0s".',
    ],
    [
      { tables: 'x' },
      '`TypeOrmSessionStore tables` is not an option. There are: table, purgeEvery, clock.',
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => new TypeOrmSessionStore(dataSource, options as object)).toThrow(message);
  });

  it('refuses a type of database that it was not tried on', () => {
    const other = { options: { type: 'oracle' } } as DataSource;

    expect(() => new TypeOrmSessionStore(other)).toThrow(
      'TypeOrmSessionStore expected a data source of type postgres, mysql, mariadb, better-sqlite3, got oracle.',
    );
  });
});
