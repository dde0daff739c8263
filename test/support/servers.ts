import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';

/**
 * Where a server for tests is found: what the environment names, else what answers at the usual port of this machine,
 * else what can be started. None of them: undefined, with the reason printed, which `TEST_REQUIRE` makes a failure.
 */
export interface FoundServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function findRedis(): Promise<FoundServer | undefined> {
  return (
    (await answering('redis', 'redis://127.0.0.1:6379', pingRedis)) ??
    (await startedRedis()) ??
    missing('redis', 'nothing answers at 127.0.0.1:6379, and there is no redis-server to start')
  );
}

export async function findPostgres(): Promise<FoundServer | undefined> {
  return (
    (await answering('postgres', 'postgres://postgres@127.0.0.1:5432/postgres', pingPostgres)) ??
    missing('postgres', 'nothing answers at 127.0.0.1:5432')
  );
}

export async function findMariadb(): Promise<FoundServer | undefined> {
  return (
    (await answering('mariadb', 'mysql://root@127.0.0.1:3306/test', pingMysql)) ??
    missing('mariadb', 'nothing answers at 127.0.0.1:3306')
  );
}

/** MySQL is where the environment says, or nowhere: at its port stands MariaDB. */
export async function findMysql(): Promise<FoundServer | undefined> {
  const url = process.env.TEST_MYSQL_URL;
  return url ? found(url) : missing('mysql', 'TEST_MYSQL_URL is not set');
}

/**
 * Says why tests are skipped, or fails where `TEST_REQUIRE` lists the server. Past jest, which keeps the console of a file
 * without a test that runs to itself.
 */
export function missing(name: string, reason: string): undefined {
  const required = (process.env.TEST_REQUIRE ?? '').split(',');
  if (required.includes(name)) throw new Error(`TEST_REQUIRE asks for ${name}, and ${reason}`);
  process.stderr.write(`Skipped${inThisFile()}: tests that need ${name}, since ${reason}.\n`);
  return undefined;
}

function inThisFile(): string {
  const testPath = typeof expect === 'undefined' ? undefined : expect.getState().testPath;
  return testPath === undefined ? '' : ` in ${relative('.', testPath)}`;
}

/** A folder for the files of a server, removed by the function that comes with it. */
export async function serverFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sessions-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined;
}

/** A port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : freePort();
}

/** Ends a process that a test started, and waits until it has. */
export async function ended(
  process: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exit = once(process, 'exit');
  process.kill(signal);
  await exit;
}

/**
 * Asks again and again until the question is answered without an error. Not too often: MariaDB keeps what it says of
 * its transactions for 0.1 s from the last time it was asked.
 */
export async function eventually<T>(question: () => Promise<T>, withinMs = 10_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  }
}

export interface RedisProcess {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** A Redis of its own on a free port, which keeps nothing. */
export async function startRedis(...options: string[]): Promise<RedisProcess> {
  const [port, folder] = [await freePort(), await serverFolder()];
  const process = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, '--save', '', ...options],
    { stdio: 'ignore' },
  );
  await eventually(() => pingRedis(`redis://127.0.0.1:${port}`));
  const stop = async (): Promise<void> => {
    await ended(process, 'SIGKILL');
    await folder.remove();
  };
  return { port, process, stop };
}

async function answering(
  name: string,
  usual: string,
  ping: (url: string) => Promise<void>,
): Promise<FoundServer | undefined> {
  const named = process.env[`TEST_${name.toUpperCase()}_URL`];
  if (named) return found(named);
  return ping(usual).then(
    () => found(usual),
    () => undefined,
  );
}

function found(url: string): FoundServer {
  return { url, stop: () => Promise.resolve() };
}

async function startedRedis(): Promise<FoundServer | undefined> {
  if (!isInstalled('redis-server')) return undefined;
  const { port, stop } = await startRedis();
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function pingRedis(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function pingPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
}

async function pingMysql(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
  await connection.query('SELECT 1');
  await connection.end();
}
