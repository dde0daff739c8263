import { randomBytes } from 'node:crypto';
import type { LiveRecord } from 'nestjs-sessions';
import { type SqlType, TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { connectTo, createTable, dropTable } from '../support/databases.js';
import { findMariadb, findPostgres, type FoundServer } from '../support/servers.js';
import { mysql2Driver, pgDriver, type RawDriver, RawSql } from './raw-sql.js';
import { median, medianRatio } from './statistics.js';
import { table } from './table.js';

type Store = Pick<RawSql, 'create' | 'load' | 'touch' | 'save' | 'delete'>;
type Operation = (store: Store, record: LiveRecord) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: (store, record) => store.create(record),
  load: (store, record) => store.load(record.key),
  touch: (store, record) => store.touch(record.key, record.expiresAt + 1, record.revision),
  save: (store, record) => store.save({ ...record, revision: 'second' }, record.revision),
  delete: (store, record) => store.delete(record.key),
};

const DRIVERS: readonly [
  name: string,
  type: SqlType,
  find: () => Promise<FoundServer | undefined>,
  open: (url: string) => RawDriver,
][] = [
  ['pg', 'postgres', findPostgres, pgDriver],
  ['mysql2', 'mariadb', findMariadb, mysql2Driver],
];

const SUBJECTS = ['raw', 'ours'] as const;
const RECORD_BYTES = 1_000;
const CALLS = 500;
/** As many as the pools have connections: the process has something to do while the server writes to its disk. */
const CALLS_AT_ONCE = 10;
const AT_MOST = 1.5;

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

type Costs = Readonly<Record<(typeof SUBJECTS)[number], Cost[]>>;

/** Measures the store's statements beside the same ones over the bare drivers, and lays it out as a table. */
export async function sqlTable(rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const [name, type, find, open] of DRIVERS) {
    const server = await find();
    if (!server) continue;
    const costs = await measure(type, server.url, open(server.url), rounds);
    await server.stop();
    for (const [operation, cost] of costs) rows.push(row(`${name} ${operation}`, cost));
  }
  const head = ['', 'CPU raw', 'CPU ours', 'ratio', 'wall raw', 'wall ours', 'ratio', 'target', ''];
  return table(head, rows);
}

async function measure(
  type: SqlType,
  url: string,
  driver: RawDriver,
  rounds: number,
): Promise<ReadonlyMap<string, Costs>> {
  const dataSource = await connectTo({ type, url });
  const name = await createTable(dataSource);
  const stores: Record<(typeof SUBJECTS)[number], Store> = {
    raw: new RawSql(driver, name),
    ours: new TypeOrmSessionStore(dataSource, { table: name }),
  };
  const costs = new Map<string, Costs>(
    Object.keys(OPERATIONS).map((operation) => [operation, { raw: [], ours: [] }]),
  );
  for (const subject of SUBJECTS) await runRound(stores[subject]);
  for (let round = 0; round < rounds; round++) {
    for (const subject of round % 2 ? SUBJECTS : SUBJECTS.toReversed()) {
      for (const [operation, cost] of await runRound(stores[subject]))
        costs.get(operation)![subject].push(cost);
    }
  }
  await dropTable(dataSource, name);
  await dataSource.destroy();
  await driver.end();
  return costs;
}

/** Every operation on records of its own. */
async function runRound(store: Store): Promise<[string, Cost][]> {
  const records = Array.from({ length: CALLS }, () => newRecord(Date.now()));
  const costs: [string, Cost][] = [];
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const [startCpu, startAt] = [process.cpuUsage(), performance.now()];
    for (let done = 0; done < CALLS; done += CALLS_AT_ONCE) {
      const next = records.slice(done, done + CALLS_AT_ONCE);
      await Promise.all(next.map((record) => operation(store, record)));
    }
    const { user, system } = process.cpuUsage(startCpu);
    const wall = ((performance.now() - startAt) * 1_000) / CALLS;
    costs.push([name, { cpu: (user + system) / CALLS, wall }]);
  }
  return costs;
}

/** Of a session that is new at that instant, with the default lifetimes. */
export function newRecord(now: number): LiveRecord {
  return {
    kind: 'live',
    key: randomBytes(32).toString('base64url'),
    revision: 'first',
    recentRevisions: [],
    data: { text: 'x'.repeat(RECORD_BYTES) },
    createdAt: now,
    expiresAt: now + 1_800_000,
    absoluteExpiresAt: now + 43_200_000,
    format: 1,
  };
}

function row(name: string, { raw, ours }: Costs): string[] {
  const of = (costs: readonly Cost[], kind: keyof Cost) => costs.map((cost) => cost[kind]);
  const ratio = (kind: keyof Cost) => medianRatio(of(ours, kind), of(raw, kind));
  const cells = (kind: keyof Cost) => [
    median(of(raw, kind)).toFixed(0),
    median(of(ours, kind)).toFixed(0),
    ratio(kind).toFixed(2),
  ];
  return [
    name,
    ...cells('cpu'),
    ...cells('wall'),
    AT_MOST.toFixed(2),
    ratio('cpu') <= AT_MOST ? 'ok' : 'missed',
  ];
}
