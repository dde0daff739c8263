import { DataSource } from 'typeorm';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { ManualClock } from 'nestjs-sessions/testing';
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

/** How a database says what it would do. */
const EXPLAIN: Record<Database['type'], string> = {
  postgres: 'EXPLAIN',
  mariadb: 'EXPLAIN',
  mysql: 'EXPLAIN',
  'better-sqlite3': 'EXPLAIN QUERY PLAN',
};

describe.each(databases)('On %s', (_, database) => {
  const statements = new StatementLog();
  const clock = new ManualClock(Date.now());
  let dataSource: DataSource;
  let table: string;

  const planOf = async (statement: string, values: unknown[]): Promise<string> =>
    JSON.stringify(await dataSource.query(`${EXPLAIN[database.type]} ${statement}`, values));

  beforeAll(async () => {
    dataSource = await connectTo(database, { logger: statements });
    table = await createTable(dataSource);
    const row = (n: number) => `('key-${n}', 'r', 'user-${n % 300}', ${clock.now() + n}, '{}')`;
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
    await database.stop();
  });

  it('finds expired sessions by the index of their expiry', async () => {
    statements.take();
    const store = new TypeOrmSessionStore(dataSource, { table, clock });
    await store.deleteExpired(10);
    const [select] = statements.take();

    expect(select).toMatch(/^SELECT .* ORDER BY .* LIMIT/);
    expect(await planOf(select!, [clock.now(), 10])).toContain(`${table}_expires_at_idx`);
  });

  it('deletes them by an index', async () => {
    statements.take();
    const later = new ManualClock(clock.now() + 10);
    const store = new TypeOrmSessionStore(dataSource, { table, clock: later });
    await store.deleteExpired(2);
    const statement = statements.take()[1]!;

    expect(statement).toMatch(/^DELETE .* IN \(\S+, \S+\)/);
    expect(await planOf(statement, ['key-1', 'key-2', later.now()])).toMatch(
      /PK_|PRIMARY|sqlite_autoindex|_expires_at_idx/,
    );
  });

  it('finds the record of a key by the primary key', async () => {
    statements.take();
    const store = new TypeOrmSessionStore(dataSource, { table, clock });
    await store.load(sampleRecord(clock).key);
    const [select] = statements.take();

    expect(await planOf(select!, ['key-9'])).toMatch(/PK_|PRIMARY|sqlite_autoindex/);
  });

  it('finds the records of a user by the index of users', async () => {
    statements.take();
    const store = new TypeOrmSessionStore(dataSource, { table, clock });
    await store.listByUser('user-9');
    const [select] = statements.take();

    expect(select).toMatch(/^SELECT /);
    expect(await planOf(select!, ['user-9', clock.now()])).toContain(`${table}_user_id_idx`);
  });
});
