import { sessionRecordEntity, TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { systemClock } from '../../../lib/core/options/clock.js';
import {
  connectTo,
  findDatabases,
  migrateUp,
  randomTable,
  withRunner,
} from '../../support/databases.js';

const postgres = new Map(await findDatabases()).get('PostgreSQL');
const schema = randomTable();

/** Where a table may be said to be in that schema: by its name, or by the data source. */
const ways: readonly [string, table: string, options: object][] = [
  ['named before the table', `${schema}.one`, {}],
  ['of the data source', 'other', { schema }],
];

(postgres ? describe : describe.skip)('A schema of its own', () => {
  beforeAll(() => run(`CREATE SCHEMA ${schema}`));
  afterAll(() => run(`DROP SCHEMA ${schema} CASCADE`));

  it.each(ways)('%s holds the sessions', async (_, table, options) => {
    const entities = [sessionRecordEntity('postgres', table)];
    const dataSource = await connectTo(postgres!, { ...options, entities });
    await withRunner(dataSource, (runner) => migrateUp(runner, table));
    const store = new TypeOrmSessionStore(dataSource, { table });
    const record = sampleRecord(systemClock);
    await store.create(record);
    const loaded = await store.load(record.key);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    const found = await dataSource.query<unknown[]>(
      `SELECT 1 FROM ${schema}.${table.split('.').at(-1)!}`,
    );
    await dataSource.destroy();

    expect(loaded).toEqual(record);
    expect(found).toHaveLength(1);
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

async function run(statement: string): Promise<void> {
  const dataSource = await connectTo(postgres!);
  await dataSource.query(statement);
  await dataSource.destroy();
}
