import { sessionRecordEntity } from 'nestjs-sessions/typeorm';
import {
  connectTo,
  dropTable,
  findDatabases,
  migrationsOf,
  randomTable,
} from '../../support/databases.js';

const databases = await findDatabases();

describe.each(databases)('The table on %s', (_, database) => {
  const table = randomTable();
  const migrationsTableName = `${table}_migrations`;

  afterAll(async () => {
    const dataSource = await connectTo(database);
    await dropTable(dataSource, table);
    await dropTable(dataSource, migrationsTableName);
    await dataSource.destroy();
    await database.stop();
  });

  it('is the same from the migrations as from the entity', async () => {
    const dataSource = await connectTo(database, {
      entities: [sessionRecordEntity(database.type, table)],
      migrations: migrationsOf(table),
      migrationsTableName,
      migrationsRun: true,
    });
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    const ran = await dataSource.query<unknown[]>(`SELECT name FROM ${migrationsTableName}`);
    await dataSource.destroy();

    expect(ran).toEqual([
      { name: 'CreateTestSessions1795219200001' },
      { name: 'AddTestPurgeTime1795305600001' },
    ]);
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('goes when the migrations are taken back, and synchronize makes it too', async () => {
    const dataSource = await connectTo(database, {
      entities: [sessionRecordEntity(database.type, table)],
      migrations: migrationsOf(table),
      migrationsTableName,
    });
    await dataSource.undoLastMigration();
    await dataSource.undoLastMigration();
    const before = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.synchronize();
    const after = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();

    expect(before.upQueries[0]?.query).toMatch(/^CREATE TABLE/);
    expect(after.upQueries).toEqual([]);
  });
});
