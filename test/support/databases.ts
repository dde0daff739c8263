import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import libsql from 'libsql';
import {
  AddPurgeTime1795305600000,
  CreateSessions1795219200000,
  type SqlType,
} from 'nestjs-sessions/typeorm';
import {
  DataSource,
  type DataSourceOptions,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { findMariadb, findMysql, findPostgres, type FoundServer, serverFolder } from './servers.js';

/** Where a database is. Plain data, since it crosses to other processes. */
export interface DatabaseAddress {
  readonly type: SqlType;
  /** A file, for SQLite. */
  readonly url: string;
}

export interface Database extends DatabaseAddress {
  readonly name: string;
  stop(): Promise<void>;
}

/** The databases that there are for tests; SQLite always is. */
export async function findDatabases(): Promise<readonly (readonly [string, Database])[]> {
  const found = [
    await databaseOf('PostgreSQL', 'postgres', findPostgres()),
    await databaseOf('MariaDB', 'mariadb', findMariadb()),
    await databaseOf('MySQL', 'mysql', findMysql()),
    await databaseOf('SQLite', 'better-sqlite3', sqliteFile()),
  ];
  return found
    .filter((database) => database !== undefined)
    .map((database) => [database.name, database] as const);
}

/** What TypeORM is told to reach a database. */
export function dataSourceOptions(
  { type, url }: DatabaseAddress,
  more: object = {},
): DataSourceOptions {
  const options =
    type === 'better-sqlite3'
      ? { type, database: url, driver: openSqlite, enableWAL: true, timeout: 1_000 }
      : { type, url };
  return { ...options, ...more };
}

/** A function, since TypeORM calls its driver, up to some version of its line 0.3 without `new`. */
function openSqlite(file: string, options: libsql.Options): libsql.Database {
  return new libsql(file, options);
}

export function connectTo(address: DatabaseAddress, more?: object): Promise<DataSource> {
  return new DataSource(dataSourceOptions(address, more)).initialize();
}

export function randomTable(): string {
  return `sessions_${randomBytes(6).toString('hex')}`;
}

/** The migrations for a table of that name, in their order. */
export function migrationsOf(
  table: string,
): [create: new () => MigrationInterface, addPurgeTime: new () => MigrationInterface] {
  // TypeORM reads the time stamp off the name of the class.
  return [
    class CreateTestSessions1795219200001 extends CreateSessions1795219200000 {
      override readonly table = table;
    },
    class AddTestPurgeTime1795305600001 extends AddPurgeTime1795305600000 {
      override readonly table = table;
    },
  ];
}

/** A table of a random name, which the migrations make. */
export async function createTable(dataSource: DataSource): Promise<string> {
  const table = randomTable();
  await withRunner(dataSource, (runner) => migrateUp(runner, table));
  return table;
}

/** Runs the migrations as an application that has a table of that name does. */
export async function migrateUp(runner: QueryRunner, table: string): Promise<void> {
  for (const Migration of migrationsOf(table)) await new Migration().up(runner);
}

export async function dropTable(dataSource: DataSource, table: string): Promise<void> {
  await withRunner(dataSource, (runner) => runner.dropTable(table, true));
}

export async function withRunner(
  dataSource: DataSource,
  task: (runner: QueryRunner) => Promise<void>,
) {
  const runner = dataSource.createQueryRunner();
  try {
    await task(runner);
  } finally {
    await runner.release();
  }
}

async function databaseOf(
  name: string,
  type: SqlType,
  finding: Promise<FoundServer | undefined>,
): Promise<Database | undefined> {
  const server = await finding;
  return server && { name, type, url: server.url, stop: () => server.stop() };
}

export async function sqliteFile(): Promise<FoundServer> {
  const { path, remove } = await serverFolder();
  return { url: join(path, 'sessions.db'), stop: remove };
}

/** A database of its own on the PostgreSQL that was found, for applications that name their tables themselves. */
export async function ownPostgres(): Promise<FoundServer | undefined> {
  const server = await findPostgres();
  if (!server) return undefined;
  const name = `test_${randomBytes(6).toString('hex')}`;
  const dataSource = await connectTo({ type: 'postgres', url: server.url });
  await dataSource.query(`CREATE DATABASE ${name}`);
  const stop = async () => {
    await dataSource.query(`DROP DATABASE ${name}`);
    await dataSource.destroy();
    await server.stop();
  };
  return { url: Object.assign(new URL(server.url), { pathname: name }).href, stop };
}
