import { Logger } from '@nestjs/common';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import type { DataSource } from 'typeorm';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { PurgeSchedule } from '../../../lib/stores/typeorm/purge-schedule.js';
import { Barrier } from '../../support/barrier.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';
import { Log } from '../../support/log.js';
import { eventually } from '../../support/servers.js';
import { StatementLog } from './statement-log.js';

const EVERY_MS = 1_000;

describe('The schedule of the purge', () => {
  const clock = new ManualClock();

  it('begins within one interval, then goes on at about every interval', async () => {
    const instants: number[] = [];
    const schedule = new PurgeSchedule(clock, EVERY_MS, async () => {
      instants.push(clock.now());
    });
    const start = clock.now();
    schedule.start();
    schedule.start();
    for (let ms = 0; ms < 10 * EVERY_MS; ms++) {
      clock.advance(1);
      await Promise.resolve();
      await Promise.resolve();
    }
    await schedule.stop();

    const gaps = instants.map((instant, n) => instant - (instants[n - 1] ?? start));
    expect(instants.length).toBeGreaterThanOrEqual(8);
    expect(gaps[0]).toBeLessThanOrEqual(EVERY_MS);
    for (const gap of gaps.slice(1)) expect(Math.abs(gap - EVERY_MS)).toBeLessThanOrEqual(105);
    expect(new Set(gaps).size).toBeGreaterThan(1);
  });

  it('never runs two at once, and stops only when one that is under way has ended', async () => {
    const done = new Barrier();
    let [begun, ended] = [0, 0];
    const schedule = new PurgeSchedule(clock, EVERY_MS, async () => {
      begun++;
      await done.reached;
      ended++;
    });
    schedule.start();
    clock.advance(20 * EVERY_MS);
    const stopping = schedule.stop().then(() => ended);
    done.open();

    expect([begun, await stopping]).toEqual([1, 1]);
    clock.advance(20 * EVERY_MS);
    expect(begun).toBe(1);
  });
});

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
    clock.advance(120_000);

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
    clock.advance(120_000);

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
