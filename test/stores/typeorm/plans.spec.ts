import { DataSource } from 'typeorm';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
import { type Clock, systemClock } from '../../../lib/core/options/clock.js';
import { ExpiredSessions } from '../../../lib/stores/typeorm/expired-sessions.js';
import { purgeTimeOf } from '../../../lib/stores/typeorm/purge-time.js';
import { SessionTable } from '../../../lib/stores/typeorm/session-table.js';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import {
  connectTo,
  createTable,
  type Database,
  dropTable,
  findDatabases,
} from '../../support/databases.js';
import { StatementLog } from './statement-log.js';

const databases = await findDatabases();
/** Enough that reading all of them costs more than any index. */
const ROWS = 3_000;
const MINUTE_MS = 60_000;
/** So many rows have expired. */
const EXPIRED = 10;

/** How a database says what it would do. */
const EXPLAIN: Record<Database['type'], string> = {
  postgres: 'EXPLAIN',
  mariadb: 'EXPLAIN',
  mysql: 'EXPLAIN',
  'better-sqlite3': 'EXPLAIN QUERY PLAN',
};

afterAll(() => Promise.all(databases.map(([, database]) => database.stop())));

const NOW = Date.now();
const clocks: readonly [string, Clock | undefined][] = [
  ['a given clock', new ManualClock(NOW)],
  ['the clock of the database', undefined],
];
const settings = databases.flatMap(([name, database]) =>
  clocks.map(([time, clock]) => [name, time, database, clock] as const),
);

describe.each(settings)('On %s, by %s,', (_, __, database, clock) => {
  const statements = new StatementLog();
  let dataSource: DataSource;
  let table: string;

  /** What the database would do for a statement that the store has run. */
  const planOf = async ([statement, values]: [string, unknown[]]): Promise<string> =>
    JSON.stringify(await dataSource.query(`${EXPLAIN[database.type]} ${statement}`, values));

  const newStore = () => {
    statements.take();
    return new TypeOrmSessionStore(dataSource, { table, ...(clock && { clock }) });
  };

  const taken = (verb: string) =>
    statements.takeWithValues().find(([statement]) => statement.startsWith(verb))!;

  beforeAll(async () => {
    dataSource = await connectTo(database, { logger: statements });
    table = await createTable(dataSource);
    const expiryOf = (n: number) => NOW + (n - EXPIRED) * MINUTE_MS;
    const row = (n: number) =>
      `('key-${n}', 'r', 'user-${n % 300}', ${expiryOf(n)}, '{}', ${purgeTimeOf(expiryOf(n))})`;
    await dataSource.query(
      `INSERT INTO ${table} VALUES ${Array.from({ length: ROWS }, (_, n) => row(n)).join(', ')}`,
    );
    const analyze = database.type === 'postgres' || database.type === 'better-sqlite3';
    await dataSource.query(`ANALYZE ${analyze ? '' : 'TABLE '}${table}`);
  });

  afterAll(async () => {
    await dataSource.destroy();
    // SQLite's driver holds a table that it has explained a statement on.
    const another = await connectTo(database);
    await dropTable(another, table);
    await another.destroy();
  });

  it('finds expired sessions by the index of their purge time', async () => {
    await newStore().deleteExpired(2);
    const select = taken('SELECT');

    expect(select[0]).toMatch(/^SELECT .* ORDER BY .* LIMIT/);
    expect(await planOf(select)).toContain(`${table}_purge_at_idx`);
  });

  it('reads no live session to find those of half-hours that are over', async () => {
    statements.take();
    let asked = 0;
    const expired = new ExpiredSessions(new SessionTable(dataSource, table, clock));
    await expired.purge(() => asked++ > 0);
    const [select, values] = taken('SELECT');

    expect(await planOf([select, values])).toContain(`${table}_purge_at_idx`);
    if (database.type !== 'postgres') return;
    const run = await dataSource.query<unknown>(`EXPLAIN ANALYZE ${select}`, values);
    expect(JSON.stringify(run)).not.toContain('Rows Removed by Filter');
  });

  it('deletes them by an index', async () => {
    await newStore().deleteExpired(2);
    const statement = taken('DELETE');

    expect(statement[0]).toMatch(/^DELETE .* IN \(\S+, \S+\)/);
    expect(await planOf(statement)).toMatch(/PK_|PRIMARY|sqlite_autoindex/);
  });

  it('finds the record of a key by the primary key', async () => {
    await newStore().load(sampleRecord(systemClock).key);
    const [select] = taken('SELECT');

    expect(await planOf([select, ['key-9']])).toMatch(/PK_|PRIMARY|sqlite_autoindex/);
  });

  it('finds the records of a user by the index of users', async () => {
    await newStore().listByUser('user-9');
    const select = taken('SELECT');

    expect(await planOf(select)).toContain(`${table}_user_id_idx`);
  });
});
