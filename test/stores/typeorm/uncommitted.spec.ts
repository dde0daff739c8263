import { setImmediate as nextTurn } from 'node:timers/promises';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { systemClock } from '../../../lib/core/options/clock.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';

const found = await findDatabases();
const databases = new Map(found);
const likeMysql = found.filter(([, { type }]) => type === 'mariadb' || type === 'mysql');
const postgres = databases.get('PostgreSQL');
const sqlite = databases.get('SQLite')!;

const TRANSACTION_OPEN = /\(TRANSACTION_OPEN: the application has a transaction open/;
const AUTOCOMMIT_OFF = /\(AUTOCOMMIT_OFF: autocommit is off/;
const NOT_COMMITTED = /\(NOT_COMMITTED: the application has left/;

afterAll(() => Promise.all(found.map(([, database]) => database.stop())));

/** A store on a data source of one connection, which the application uses too, and a second look at its table. */
class Shared {
  readonly record = sampleRecord(systemClock);
  readonly store: TypeOrmSessionStore;
  readonly elsewhere: TypeOrmSessionStore;

  private constructor(
    readonly dataSource: DataSource,
    readonly other: DataSource,
    private readonly table: string,
  ) {
    this.store = new TypeOrmSessionStore(dataSource, { table, purgeEvery: false });
    this.elsewhere = new TypeOrmSessionStore(other, { table, purgeEvery: false });
  }

  static async of(database: (typeof found)[number][1], more?: object): Promise<Shared> {
    const other = await connectTo(database);
    const dataSource = await connectTo(database, { poolSize: 1, ...more });
    return new Shared(dataSource, other, await createTable(other));
  }

  /** What the application sends by hand. */
  async query(statement: string): Promise<void> {
    await this.dataSource.query(statement);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await dropTable(this.other, this.table);
    await this.other.destroy();
  }
}

for (const [name, database] of likeMysql)
  describe(`On ${name}, with autocommit off`, () => {
    let shared: Shared;
    beforeEach(async () => void (shared = await Shared.of(database)));
    afterEach(() => shared.close());

    it('no application starts', async () => {
      await shared.query('SET autocommit = 0');

      await expect(shared.store.onModuleInit()).rejects.toThrow(AUTOCOMMIT_OFF);
    });

    it('on a connection that is new to the store, nothing is read or written', async () => {
      await shared.query('SET autocommit = 0');

      await expect(shared.store.create(shared.record)).rejects.toThrow(AUTOCOMMIT_OFF);
      await expect(shared.store.load(shared.record.key)).rejects.toThrow(AUTOCOMMIT_OFF);
      await shared.query('SET autocommit = 1');
      expect(await shared.elsewhere.load(shared.record.key)).toBeUndefined();
      expect(await shared.store.create(shared.record)).toBe(true);
    });

    it('since the application switched it off meanwhile, no write is acknowledged', async () => {
      const { store, record } = shared;
      await store.create(record);
      await shared.query('SET autocommit = 0');

      await expect(store.save(nextRecord(record), record.revision)).rejects.toThrow(NOT_COMMITTED);
      await expect(store.load(record.key)).rejects.toThrow(AUTOCOMMIT_OFF);
      await shared.query('ROLLBACK');
      await shared.query('SET autocommit = 1');
      expect(await store.load(record.key)).toEqual(record);
      expect(await store.delete(record.key)).toBe(true);
    });

    it('since the application switched it off meanwhile, no destroyed session is served', async () => {
      const { store, record } = shared;
      await store.create(record);
      await shared.query('SET autocommit = 0');

      await expect(store.load(record.key)).rejects.toThrow(NOT_COMMITTED);
      await shared.elsewhere.delete(record.key);
      await expect(store.load(record.key)).rejects.toThrow(AUTOCOMMIT_OFF);
    });

    it('or a transaction begun by hand, no write is acknowledged until it has ended', async () => {
      const { store, record } = shared;
      await store.create(record);
      await shared.query('BEGIN');

      await expect(store.delete(record.key)).rejects.toThrow(NOT_COMMITTED);
      await expect(store.load(record.key)).rejects.toThrow(TRANSACTION_OPEN);
      await shared.query('ROLLBACK');
      expect(await store.load(record.key)).toEqual(record);
    });
  });

const givenBackOpen = [
  ...(postgres ? [['PostgreSQL', postgres] as const] : []),
  ['SQLite', sqlite] as const,
];

describe.each(givenBackOpen)('On %s, in a transaction that was begun by hand', (_, database) => {
  let shared: Shared;
  beforeEach(async () => void (shared = await Shared.of(database)));
  afterEach(() => shared.close());

  it('no statement runs, and its rollback takes nothing of a session back', async () => {
    const { store, record } = shared;
    await shared.query('BEGIN');
    const creating = store.create(record);
    await nextTurn();
    await shared.query('ROLLBACK');

    expect(await creating).toBe(true);
    expect(await shared.elsewhere.load(record.key)).toEqual(record);
  });

  it('that does not end, the call fails', async () => {
    await shared.query('BEGIN');

    await expect(shared.store.create(shared.record)).rejects.toThrow(TRANSACTION_OPEN);
    await shared.query('COMMIT');
    expect(await shared.elsewhere.load(shared.record.key)).toBeUndefined();
  });
});

describe('On SQLite', () => {
  it('a transaction that begins while a call is under way gets nothing of it', async () => {
    const shared = await Shared.of(sqlite);
    const { store, record, dataSource } = shared;
    const { databaseConnection } = dataSource.driver as unknown as {
      databaseConnection: { exec(statement: string): void };
    };
    const creating = store.create(record);
    databaseConnection.exec('BEGIN');
    await nextTurn();
    databaseConnection.exec('ROLLBACK');

    expect(await creating).toBe(true);
    expect(await shared.elsewhere.load(record.key)).toEqual(record);
    await shared.close();
  });

  it('a connection that found the database locked goes on to see what others write', async () => {
    const shared = await Shared.of(sqlite, { timeout: 1 });
    const { store, elsewhere, record, other } = shared;
    const [second, third] = [nextRecord(record), nextRecord(record)];
    await store.create(record);
    await other.query('BEGIN IMMEDIATE');
    await expect(store.save(second, record.revision)).rejects.toThrow('SQLITE_BUSY');
    await other.query('COMMIT');
    expect(await store.load(record.key)).toEqual(record);
    await elsewhere.save(second, record.revision);
    expect(await store.load(record.key)).toEqual(second);
    await elsewhere.save(third, second.revision);

    expect(await store.load(record.key)).toEqual(third);
    await shared.close();
  });
});
