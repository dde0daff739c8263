import { Logger } from '@nestjs/common';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import type { DataSource } from 'typeorm';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';
import { Log } from '../../support/log.js';
import { eventually } from '../../support/servers.js';
import { StatementLog } from './statement-log.js';

const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;

const databases = await findDatabases();

describe.each(databases)('On %s', (_, database) => {
  const log = new Log();
  let dataSource: DataSource;
  let table: string;

  beforeAll(async () => {
    Logger.overrideLogger(log);
    dataSource = await connectTo(database);
    table = await createTable(dataSource);
  });

  afterAll(async () => {
    await dropTable(dataSource, table);
    await dataSource.destroy();
    await database.stop();
    Logger.overrideLogger(false);
  });

  const isEmptyLater = (clock: ManualClock) => async () => {
    clock.advance(2 * EVERY_MS);
    const rows = await dataSource.query<unknown[]>(`SELECT 1 FROM ${table} LIMIT 1`);
    expect(rows).toEqual([]);
  };

  it('several instances purge at once, and do each other no harm', async () => {
    const clock = new ManualClock(Date.now());
    const stores = [0, 1, 2, 3].map(
      () => new TypeOrmSessionStore(dataSource, { table, clock, purgeEvery: EVERY_MS }),
    );
    await Promise.all(Array.from({ length: 700 }, () => stores[0]!.create(sampleRecord(clock))));
    for (const store of stores) await store.onModuleInit();
    clock.advance(HALF_HOUR_MS + 2 * MINUTE_MS);

    await eventually(isEmptyLater(clock));
    for (const store of stores) await store.onModuleDestroy();
    expect(log.takeLines()).toEqual([]);
  });

  it('a purge that fails is reported without a value, and the next one comes', async () => {
    const clock = new ManualClock(Date.now());
    const store = new TypeOrmSessionStore(dataSource, { table, clock, purgeEvery: EVERY_MS });
    await store.create(sampleRecord(clock));
    await store.onModuleInit();
    await renamed(table, `${table}_away`);
    clock.advance(EVERY_MS);
    const lines = await eventually(async () => {
      const taken = log.takeLines();
      expect(taken).toHaveLength(1);
      return taken;
    });
    await renamed(`${table}_away`, table);
    clock.advance(HALF_HOUR_MS + 2 * MINUTE_MS);

    await eventually(isEmptyLater(clock));
    await store.onModuleDestroy();
    expect(lines[0]).toMatch(
      /^warn Expired sessions were not deleted. The database failed while finding expired sessions \(\w+\). TypeOrmSessionStore$/,
    );
  });

  it('nothing is purged where purgeEvery is false', async () => {
    const statements = new StatementLog();
    const clock = new ManualClock(Date.now());
    const own = await connectTo(database, { logger: statements });
    const store = new TypeOrmSessionStore(own, { table, clock, purgeEvery: false });
    await store.onModuleInit();
    statements.take();
    clock.advance(1e9);
    await store.onModuleDestroy();
    await own.destroy();

    expect(statements.take()).toEqual([]);
  });

  const renamed = (from: string, to: string) =>
    dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);
});
