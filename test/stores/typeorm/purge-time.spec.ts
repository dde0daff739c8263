import type { LiveRecord } from 'nestjs-sessions';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import type { DataSource } from 'typeorm';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { connectTo, createTable, dropTable, findDatabases } from '../../support/databases.js';
import { eventually } from '../../support/servers.js';
import { StatementLog } from './statement-log.js';

const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

const databases = await findDatabases();

describe.each(databases)('On %s', (_, database) => {
  let dataSource: DataSource;
  let table: string;

  beforeAll(async () => {
    dataSource = await connectTo(database);
    table = await createTable(dataSource);
  });

  afterAll(async () => {
    await dropTable(dataSource, table);
    await dataSource.destroy();
    await database.stop();
  });

  it('a row goes when its half-hour has been over for a minute, and by deleteExpired() at once', async () => {
    const clock = new ManualClock(Date.UTC(2030, 0, 1, 12, 1));
    const records = [1, 2].map(() =>
      sampleRecord(clock, { expiresAt: clock.now() + MINUTE_MS }),
    ) as [LiveRecord, LiveRecord];
    const store = new TypeOrmSessionStore(dataSource, { table, clock, purgeEvery: EVERY_MS });
    await store.create(records[0]);
    clock.advance(10 * MINUTE_MS);
    expect(await store.deleteExpired()).toBe(1);

    await store.create(records[1]);
    clock.advance(Date.UTC(2030, 0, 1, 12, 31) - 1 - EVERY_MS - clock.now());
    expect(await foundByPurge(clock)).toEqual([]);
    expect(await store.load(records[1].key)).toBeDefined();
    clock.advance(1);
    await store.onModuleInit();
    await eventually(async () => {
      clock.advance(2 * EVERY_MS);
      expect(await store.load(records[1].key)).toBeUndefined();
    });
    await store.onModuleDestroy();
  });

  /** What the search of one purge finds that happens within the interval. */
  const foundByPurge = async (clock: ManualClock): Promise<unknown> => {
    const statements = new StatementLog();
    const own = await connectTo(database, { logger: statements });
    const store = new TypeOrmSessionStore(own, { table, clock, purgeEvery: EVERY_MS });
    await store.onModuleInit();
    clock.advance(EVERY_MS);
    const [search, values] = await eventually(async () => {
      const found = statements.takeWithValues().find(([sql]) => sql.includes('ORDER BY'));
      expect(found).toBeDefined();
      return found!;
    });
    await store.onModuleDestroy();
    await own.destroy();
    return dataSource.query(search, values);
  };
});
