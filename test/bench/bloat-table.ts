import type { LiveRecord } from 'nestjs-sessions';
import { ManualClock } from 'nestjs-sessions/testing';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { connectTo, createTable, dropTable } from '../support/databases.js';
import { eventually, findPostgres } from '../support/servers.js';
import { newRecord } from './sql-table.js';
import { table } from './table.js';

const SESSIONS = 2_000;
const ROUNDS = 10;
const IDLE_MS = 30 * 60_000;
/** A tenth of the default idle time: a session in use is touched as often. */
const STEP_MS = IDLE_MS / 10;
const CALLS_AT_ONCE = 10;

/**
 * Touches and saves each session in turn on PostgreSQL, which does not vacuum meanwhile, and lays out how many of the
 * updates were HOT, how the table grew, and how long purges take. Undefined where there is no PostgreSQL.
 */
export async function bloatTable(): Promise<string | undefined> {
  const server = await findPostgres();
  if (!server) return undefined;
  const connect = () => connectTo({ type: 'postgres', url: server.url });
  const watcher = await connect();
  const name = await createTable(watcher);
  await watcher.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
  const rows = await measure(connect, watcher, name);
  await dropTable(watcher, name);
  await watcher.destroy();
  await server.stop();
  return table(['', 'before', 'after'], rows);
}

async function measure(connect: () => Promise<DataSource>, watcher: DataSource, name: string) {
  const clock = new ManualClock(Math.ceil(Date.now() / IDLE_MS) * IDLE_MS);
  const dataSource = await connect();
  const store = new TypeOrmSessionStore(dataSource, { table: name, clock });
  const records = Array.from({ length: SESSIONS }, () => newRecord(clock.now()));
  await forEach(records, (record) => store.create(record));
  const before = await sizes(watcher, name);
  for (let round = 1; round <= ROUNDS; round++) await runRound(store, records, clock);
  const after = await sizes(watcher, name);
  const inVain = await purgeMs(store);
  clock.advance(2 * IDLE_MS);
  const ofAll = await purgeMs(store);
  // The server counts what a connection did after that is closed.
  await dataSource.destroy();
  const { updates, hot } = await countUpdates(watcher, name);
  return [
    ['updates', '', String(updates)],
    ['of them HOT', '', `${hot} (${((hot / updates) * 100).toFixed(1)} %)`],
    ...Object.keys(before).map((part) => [part, kib(before[part]!), kib(after[part]!)]),
    ['purge that finds none', '', `${inVain.toFixed(1)} ms`],
    [`purge of ${SESSIONS}`, '', `${ofAll.toFixed(0)} ms`],
  ];
}

/** Moves every expiry, one half of them by a touch, and the other by a save. */
async function runRound(store: TypeOrmSessionStore, records: LiveRecord[], clock: ManualClock) {
  clock.advance(STEP_MS);
  const expiresAt = clock.now() + IDLE_MS;
  await forEach(records, async (record, n) => {
    if ((n + expiresAt / STEP_MS) % 2) return store.touch(record.key, expiresAt, record.revision);
    records[n] = { ...record, expiresAt, revision: `at-${expiresAt}` };
    return store.save(records[n], record.revision);
  });
}

async function forEach(
  records: readonly LiveRecord[],
  task: (record: LiveRecord, n: number) => Promise<unknown>,
): Promise<void> {
  for (let done = 0; done < records.length; done += CALLS_AT_ONCE) {
    const next = records.slice(done, done + CALLS_AT_ONCE);
    await Promise.all(next.map((record, n) => task(record, done + n)));
  }
}

async function purgeMs(store: TypeOrmSessionStore): Promise<number> {
  const startAt = performance.now();
  await store.deleteExpired();
  return performance.now() - startAt;
}

async function sizes(watcher: DataSource, name: string): Promise<Record<string, number>> {
  const [row] = await watcher.query<Record<string, string>[]>(
    `SELECT pg_table_size('${name}') AS "table", pg_indexes_size('${name}') AS indices`,
  );
  return { table: Number(row!.table), indices: Number(row!.indices) };
}

function countUpdates(watcher: DataSource, name: string) {
  return eventually(async () => {
    const [row] = await watcher.query<Record<string, string>[]>(
      `SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = '${name}'`,
    );
    const updates = Number(row!.n_tup_upd);
    if (updates < SESSIONS * ROUNDS) throw new Error('Not all are counted yet');
    return { updates, hot: Number(row!.n_tup_hot_upd) };
  });
}

function kib(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} KiB`;
}
