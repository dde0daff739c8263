import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import type { DataSource, QueryRunner } from 'typeorm';
import { encodeRecord, type LiveRecord } from '../../../lib/core/record/session-record.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import {
  connectTo,
  dropTable,
  findDatabases,
  migrationsOf,
  randomTable,
  withRunner,
} from '../../support/databases.js';

const MINUTE_MS = 60_000;

const databases = await findDatabases();

describe.each(databases)('A table of an earlier version on %s', (_, database) => {
  const clock = new ManualClock(Date.now());
  const table = randomTable();
  const [CreateSessions, AddPurgeTime] = migrationsOf(table);
  let dataSource: DataSource;
  let store: TypeOrmSessionStore;

  const run = (task: (runner: QueryRunner) => Promise<void>) => withRunner(dataSource, task);
  const up = () => run((runner) => new AddPurgeTime().up(runner));
  const down = () => run((runner) => new AddPurgeTime().down(runner));

  /** As servers write that do not know the column. */
  const insertAsBefore = async ({ key, revision, expiresAt, ...rest }: LiveRecord) => {
    const record = encodeRecord({ key, revision, expiresAt, ...rest });
    await dataSource.query(
      `INSERT INTO ${table} (${dataSource.driver.escape('key')}, revision, user_id, expires_at, record)
       VALUES ('${key}', '${revision}', NULL, ${expiresAt}, '${record}')`,
    );
  };
  const expiringIn = (spanMs: number) =>
    sampleRecord(clock, {
      expiresAt: clock.now() + spanMs,
      absoluteExpiresAt: clock.now() + 1_000 * MINUTE_MS,
    });

  beforeEach(async () => {
    dataSource = await connectTo(database);
    store = new TypeOrmSessionStore(dataSource, { table, clock });
    await run((runner) => new CreateSessions().up(runner));
  });

  afterEach(async () => {
    await dropTable(dataSource, table);
    await dataSource.destroy();
  });

  afterAll(() => database.stop());

  it('keeps its sessions, and finds those that expire', async () => {
    const [alive, expired] = [expiringIn(100 * MINUTE_MS), expiringIn(-2 * MINUTE_MS)];
    for (const record of [alive, expired]) await insertAsBefore(record);
    await up();

    expect(await store.deleteExpired()).toBe(1);
    expect(await store.load(alive.key)).toEqual(alive);
    expect(await store.save(nextRecord(alive), alive.revision)).toBe('saved');
  });

  it('has each session filed for the purge by the half-hour in which it ends', async () => {
    const record = expiringIn(100 * MINUTE_MS);
    await insertAsBefore(record);
    await up();
    const [row] = await dataSource.query<{ purge_at: string | number }[]>(
      `SELECT purge_at FROM ${table}`,
    );

    const beyondMs = Number(row!.purge_at) - record.expiresAt;
    expect(Number(row!.purge_at) % (30 * MINUTE_MS)).toBe(0);
    expect(beyondMs).toBeGreaterThan(0);
    expect(beyondMs).toBeLessThanOrEqual(30 * MINUTE_MS);
  });

  it('takes the writes of servers of that version, and purges them in time', async () => {
    await up();
    const [alive, expired] = [expiringIn(MINUTE_MS), expiringIn(-2 * MINUTE_MS)];
    for (const record of [alive, expired]) await insertAsBefore(record);

    expect(await store.deleteExpired()).toBe(1);
    expect(await store.load(alive.key)).toEqual(alive);
  });

  it('is what it was when the migration is taken back', async () => {
    const record = expiringIn(MINUTE_MS);
    await insertAsBefore(record);
    await up();
    await down();
    const rows = await dataSource.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);

    expect(Object.keys(rows[0]!)).toEqual(['key', 'revision', 'user_id', 'expires_at', 'record']);
    await up();
    expect(await store.load(record.key)).toEqual(record);
  });
});
