import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { SessionModule } from 'nestjs-sessions';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { DataSource } from 'typeorm';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp, type TestAppSettings } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import {
  connectTo,
  type Database,
  dataSourceOptions,
  dropTable,
  findDatabases,
  migrationsOf,
  randomTable,
} from '../support/databases.js';
import { VisitsController } from '../support/visits.controller.js';

type SessionOptions = Parameters<typeof SessionModule.forRoot>[0];

const databases = await findDatabases();
const table = randomTable();
const migrationsTableName = `${table}_migrations`;
const migrations = { migrations: migrationsOf(table), migrationsTableName, migrationsRun: true };

/** Each way to hand the store its data source; the table is made by the migration, at the first start. */
const ways: readonly [string, (database: Database) => TestAppSettings][] = [
  [
    'of TypeOrmModule.forRoot',
    (database) => ({
      imports: [TypeOrmModule.forRoot(dataSourceOptions(database, migrations))],
      session: storeOn(DataSource),
    }),
  ],
  [
    'that has a name',
    (database) => ({
      imports: [
        TypeOrmModule.forRoot(dataSourceOptions(database, { ...migrations, name: 'shop' })),
      ],
      session: storeOn(getDataSourceToken('shop')),
    }),
  ],
  [
    'of TypeOrmModule.forRoot that it leaves to the store to connect',
    (database) => ({
      imports: [
        TypeOrmModule.forRoot(
          dataSourceOptions(database, { ...migrations, manualInitialization: true }),
        ),
      ],
      session: storeOn(DataSource),
    }),
  ],
  [
    'that nobody has connected',
    (database) => ({
      session: {
        store: new TypeOrmSessionStore(new DataSource(dataSourceOptions(database, migrations)), {
          table,
        }),
      },
    }),
  ],
];

function storeOn(token: ReturnType<typeof getDataSourceToken>): SessionOptions {
  const useFactory = (dataSource: DataSource) => new TypeOrmSessionStore(dataSource, { table });
  return { store: { inject: [token], useFactory } };
}

describe.each(databases)('Sessions in %s', (_, database) => {
  afterAll(async () => {
    const dataSource = await connectTo(database);
    await dropTable(dataSource, table);
    await dropTable(dataSource, migrationsTableName);
    await dataSource.destroy();
    await database.stop();
  });

  describe.each(adapters)('on %s', (_, makeAdapter) => {
    it.each(ways)('through a data source %s count, log in and out, and survive', async (_, way) => {
      const start = () =>
        startApp(makeAdapter(), { ...way(database), controllers: [VisitsController] });
      const first = await start();
      const visitor = first.browser();
      const answers = [await visitor.get('/'), await visitor.get('/')];
      await visitor.post('/login');
      await first.close();
      const second = await start();
      const returned = returning(visitor, second);

      expect(answers.map((answer) => answer.json())).toEqual([{ visits: 1 }, { visits: 2 }]);
      expect((await returned.get('/')).json()).toEqual({ visits: 3 });
      await returned.post('/logout');
      expect((await returned.get('/read')).json()).toEqual({ visits: 0 });
      await second.close();
    });
  });
});

/** The same visitor, of an application that has started anew. */
function returning(visitor: Browser, app: TestApp): Browser {
  const browser = app.browser();
  for (const [name, value] of visitor.jar) browser.jar.set(name, value);
  return browser;
}
