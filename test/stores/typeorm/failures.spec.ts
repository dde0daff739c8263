import type { INestApplication } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { DataSource } from 'typeorm';
import { adapters } from '../../support/adapters.js';
import { startApp } from '../../support/app.js';
import {
  connectTo,
  createTable,
  type Database,
  dataSourceOptions,
  dropTable,
  findDatabases,
  migrationsOf,
  randomTable,
  withRunner,
} from '../../support/databases.js';
import { freePort } from '../../support/servers.js';
import { VisitsController } from '../../support/visits.controller.js';

const databases = await findDatabases();
const servers = databases.filter(([, { type }]) => type !== 'better-sqlite3');
const [[, makeAdapter]] = adapters as [(typeof adapters)[number]];
const PASSWORD = 'a-password-of-this-test';

afterAll(() => Promise.all(databases.map(([, database]) => database.stop())));

describe.each(databases)('At boot, with %s,', (_, database) => {
  const bootOn = (options: object, table = 'no_such_table') =>
    errorOf(
      new TypeOrmSessionStore(new DataSource(dataSourceOptions(database, options)), { table }),
    );

  it('a missing table is one line in the log that says what to run', async () => {
    expect(await bootOn({})).toBe(
      'TypeOrmSessionStore found no table `no_such_table` with the columns it needs. Run the migration CreateSessions1795219200000 of nestjs-sessions/typeorm.',
    );
  });

  it('a table of an earlier version is one line that says what to run', async () => {
    const table = randomTable();
    const [CreateSessions] = migrationsOf(table);
    const dataSource = await connectTo(database);
    await withRunner(dataSource, (runner) => new CreateSessions().up(runner));

    expect(await bootOn({}, table)).toBe(
      `TypeOrmSessionStore found no table \`${table}\` with the columns it needs. Run the migration AddPurgeTime1795305600000 of nestjs-sessions/typeorm.`,
    );
    await dropTable(dataSource, table);
    await dataSource.destroy();
  });
});

for (const [name, database] of servers)
  describe(`At boot, with ${name},`, () => {
    const at = (change: (url: URL) => void): Database => {
      const url = new URL(database.url);
      url.username = 'nobody';
      url.password = PASSWORD;
      change(url);
      return { ...database, url: url.href };
    };
    const storeAt = (address: Database) =>
      new TypeOrmSessionStore(new DataSource(dataSourceOptions(address)));

    it('wrong credentials are one line, without the password', async () => {
      const message = await errorOf(storeAt(at(() => undefined)));

      expect(message).toMatch(
        /^TypeOrmSessionStore found no database\. The database failed while connecting \(.*nobody.*\)\. Check the address and the credentials of its data source\.$/,
      );
      expect(message).not.toContain(PASSWORD);
    });

    it('a server that cannot be reached is one line, without the password', async () => {
      const port = await freePort();
      const message = await errorOf(storeAt(at((url) => void (url.port = String(port)))));

      expect(message).toContain('(ECONNREFUSED');
      expect(message.split('\n')).toHaveLength(1);
      expect(message).not.toContain(PASSWORD);
    });

    it('the error of TypeOrmModule has no password either', async () => {
      const { url, type } = at(() => undefined);
      const boot = startApp(makeAdapter(), {
        session: { store: TypeOrmSessionStore },
        imports: [TypeOrmModule.forRoot({ type, url, retryAttempts: 0 })],
      });
      const error = await boot.catch((error: unknown) => error);

      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify([String(error), error])).not.toContain(PASSWORD);
    });

    it('a data source of TypeOrmModule that the store is to connect fails as one of its own', async () => {
      const { url, type } = at(() => undefined);
      const boot = startApp(makeAdapter(), {
        session: { store: TypeOrmSessionStore },
        imports: [TypeOrmModule.forRoot({ type, url, manualInitialization: true })],
      });

      await expect(boot).rejects.toThrow(/^TypeOrmSessionStore found no database\. .*nobody/);
    });
  });

for (const [name, database] of servers)
  describe(`With the pool of ${name} exhausted,`, () => {
    it('a request is answered with 503 in time, others go on, and the next is served again', async () => {
      const dataSource = await connectTo(database, { poolSize: 1 });
      const table = await createTable(dataSource);
      const { browser, close } = await startApp(makeAdapter(), {
        session: {
          store: new TypeOrmSessionStore(dataSource, { table }),
          limits: { storeTimeout: 200 },
        },
        controllers: [VisitsController],
      });
      const visitor = browser();
      await visitor.get('/');
      const only = dataSource.createQueryRunner();
      await only.connect();
      const start = performance.now();
      const answers = [await visitor.get('/'), await visitor.get('/untouched')];
      const tookMs = performance.now() - start;
      await only.release();

      expect(answers.map(({ status }) => status)).toEqual([503, 200]);
      expect(tookMs).toBeLessThan(1_500);
      expect((await visitor.get('/')).json()).toEqual({ visits: 2 });
      await close();
      await dropTable(dataSource, table);
      await dataSource.destroy();
    });
  });

/** What the boot of an application with this store fails with. */
async function errorOf(store: TypeOrmSessionStore): Promise<string> {
  const boot = startApp(makeAdapter(), { session: { store } });
  const failure = await boot.then(
    ({ app }): INestApplication => app,
    (error: Error) => error.message,
  );
  if (typeof failure === 'string') return failure;
  await failure.close();
  throw new Error('It booted');
}
