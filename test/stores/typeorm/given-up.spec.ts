import { setImmediate as nextTurn } from 'node:timers/promises';
import libsql from 'libsql';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import type { DataSource, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../../../lib/stores/typeorm/data-source-of.js';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import {
  connectTo,
  createTable,
  type Database,
  dropTable,
  findDatabases,
} from '../../support/databases.js';
import { eventually } from '../../support/servers.js';
import { StatementLog } from './statement-log.js';

const databases = new Map(await findDatabases());
const postgres = databases.get('PostgreSQL');
const likeMysql = [...databases].filter(([, { type }]) => type === 'mariadb' || type === 'mysql');
const sqlite = databases.get('SQLite')!;

const INNODB_WAITING = `SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE`;
/** How a database tells that a statement waits for a lock. */
const WAITING: Partial<Record<Database['type'], string>> = {
  postgres: `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE`,
  mariadb: INNODB_WAITING,
  mysql: INNODB_WAITING,
};

/** A table with a store on it, and a rival who works on it through a connection of its own. */
async function scene(database: Database, more?: object, rivalry?: object) {
  const statements = new StatementLog();
  const clock = new ManualClock(Date.now());
  const dataSource = await connectTo(database, { ...more, logger: statements });
  const rivals = await connectTo(database, rivalry);
  const table = await createTable(rivals);
  const store = new TypeOrmSessionStore(dataSource, { table, clock });
  const rival = rivals.createQueryRunner();
  return {
    ...{ statements, clock, dataSource, table, store, rival },
    storeWaits: () => isWaiting(rivals, database.type, table),
    close: async () => {
      await rival.release();
      await dataSource.destroy();
      await dropTable(rivals, table);
      await rivals.destroy();
    },
  };
}

async function isWaiting(dataSource: DataSource, type: Database['type'], table: string) {
  await eventually(async () => {
    const found = await dataSource.query<unknown[]>(`${WAITING[type]} '%${table}%'`);
    if (found.length === 0) throw new Error('Nothing waits');
  });
}

afterAll(() => Promise.all([...databases.values()].map((database) => database.stop())));

/** Takes the second of two rows that the store deletes, then the first: one of both must give up. */
async function deadlocked(database: Database, more?: object, rivalry?: object) {
  const { store, clock, statements, rival, table, storeWaits, close } = await scene(
    database,
    more,
    rivalry,
  );
  const keyed = (letter: string) => sampleRecord(clock, { key: letter.repeat(43) });
  for (const letter of 'abcdefgh') await store.create(keyed(letter));
  clock.advance(120_000);
  const write = (letter: string) =>
    rival.query(
      `UPDATE ${table} SET user_id = 'x' WHERE revision <> '' AND ${quoted(rival)} = '${keyed(letter).key}'`,
    );

  await rival.startTransaction();
  // The one that wrote more is not given up by MySQL and MariaDB.
  for (const letter of 'bcdefgh') await write(letter);
  statements.take();
  const deleting = store.deleteExpired(2);
  await storeWaits();
  await write('a');
  await rival.commitTransaction();

  const deleted = await deleting;
  await close();
  return { deleted, statements: statements.takeVerbs().join(' ') };
}

/** More than twice where the store is back before the database has woken the rival. */
const TRIED_AGAIN = {
  deleted: 2,
  statements: expect.stringMatching(/^SELECT DELETE( DELETE)+$/),
};

function quoted(runner: QueryRunner): string {
  return dataSourceOf(runner).driver.escape('key');
}

describe('A statement that the database gave up', () => {
  if (postgres) {
    it('is tried again after a deadlock on PostgreSQL', async () => {
      // Whoever looks for a deadlock first, while there is one, is given up: the store, and not before there is one.
      const looksAfter = (span: string) => ({ extra: { options: `-c deadlock_timeout=${span}` } });

      expect(await deadlocked(postgres, looksAfter('1500ms'), looksAfter('1min'))).toEqual(
        TRIED_AGAIN,
      );
    });

    it('is tried again after a serialisation failure', async () => {
      const { store, clock, statements, rival, table, storeWaits, close } = await scene(postgres, {
        extra: { options: '-c default_transaction_isolation=serializable' },
      });
      const record = sampleRecord(clock);
      await store.create(record);
      statements.take();

      await rival.startTransaction();
      await rival.query(`UPDATE ${table} SET user_id = 'x'`);
      const touching = store.touch(record.key, record.expiresAt + 1, record.revision);
      await storeWaits();
      await rival.commitTransaction();

      expect(await touching).toBe(true);
      expect(statements.takeVerbs()).toEqual(['UPDATE', 'UPDATE']);
      await close();
    });
  }

  for (const [name, database] of likeMysql) {
    it(`is tried again after a deadlock on ${name}`, async () => {
      expect(await deadlocked(database)).toEqual(TRIED_AGAIN);
    });
  }

  it('is tried again when another process has the file of SQLite', async () => {
    const { store, clock, statements, close } = await scene(sqlite, { timeout: 1 });
    const record = sampleRecord(clock);
    const other = new libsql(sqlite.url);
    other.exec('BEGIN IMMEDIATE');
    const creating = store.create(record);
    let tries = 0;
    while (tries < 2) tries += (await nextTurn(), statements.take().length);
    other.exec('ROLLBACK');
    other.close();

    expect(await creating).toBe(true);
    await close();
  });
});

describe("A transaction of the application on SQLite's one connection", () => {
  it('is waited for, so that its rollback takes nothing of a session back', async () => {
    const { store, clock, dataSource, close } = await scene(sqlite);
    const record = sampleRecord(clock);
    const application = dataSource.createQueryRunner();
    await application.startTransaction();
    const creating = store.create(record);
    await nextTurn();
    await application.rollbackTransaction();

    expect(await creating).toBe(true);
    expect(await store.load(record.key)).toEqual(record);
    await close();
  });

  it('fails the call when it does not end', async () => {
    const { store, clock, dataSource, close } = await scene(sqlite);
    const application = dataSource.createQueryRunner();
    await application.startTransaction();

    await expect(store.create(sampleRecord(clock))).rejects.toThrow(
      'The database failed while creating (TRANSACTION_OPEN: the application has a transaction open on this connection; give sessions a data source of their own).',
    );
    await application.rollbackTransaction();
    await close();
  });
});
