import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import {
  connectTo,
  createTable,
  type Database,
  dropTable,
  findDatabases,
} from '../support/databases.js';
import { startCluster } from '../support/redis-cluster.js';
import { ended, isInstalled, missing, serverFolder, startRedis } from '../support/servers.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import type { Place } from '../support/workers/store-makers.js';
import { startProgram } from '../support/workers/worker-processes.js';
import { type Fault, networkFaults, stoppedServer } from './faults.js';

/** A store whose sessions are to be linearizable. */
export interface Subject {
  readonly name: string;
  /** The name under which processes open it. */
  readonly store: string;
  readonly place: Place;
  /** The same place, where what lies between can go wrong. */
  readonly faultyPlace: Place;
  readonly faults: readonly Fault[];
  stop(): Promise<void>;
}

/** All stores whose servers are there, or can be started. */
export async function findSubjects(): Promise<readonly Subject[]> {
  const databases = (await findDatabases()).map(([, database]) => onDatabase(database));
  const others = [
    redisOf('RedisSessionStore', 'redis'),
    redisOf('RedisSessionStore with node-redis', 'node-redis'),
    clusterOf('RedisSessionStore on Redis Cluster', 'redis-cluster'),
    clusterOf('RedisSessionStore on Redis Cluster with node-redis', 'node-redis-cluster'),
    file(),
    servedMemory(),
  ];
  const subjects = await Promise.all([...others, ...databases]);
  return subjects.filter((subject) => subject !== undefined);
}

/** The one that has to be caught. */
export function carelessSubject(): Promise<Subject | undefined> {
  return redisOf('a store that does not compare', 'careless');
}

async function redisOf(name: string, store: string): Promise<Subject | undefined> {
  if (!isInstalled('redis-server')) return missing('redis', 'there is no redis-server to start');
  const redis = await startRedis();
  const proxy = await TcpProxy.before(redis.port);
  const placeAt = (port: number) => ({ url: `redis://127.0.0.1:${port}`, namespace: 'test' });
  return {
    name,
    store,
    place: placeAt(redis.port),
    faultyPlace: placeAt(proxy.port),
    faults: [...networkFaults(proxy, 'evalsha'), stoppedServer(redis.process)],
    stop: async () => {
      await proxy.refuse();
      await redis.stop();
    },
  };
}

/** Its nodes tell their clients where they are, past any proxy: connections are cut at the nodes. */
async function clusterOf(name: string, store: string): Promise<Subject | undefined> {
  // No master is replaced: what a replica lacks is lost then.
  const found = await startCluster(60_000);
  if (!found) return undefined;
  const admins = found.ports.map((port) => new Redis(port).on('error', () => undefined));
  const cut = () => Promise.all(admins.map((admin) => admin.client('KILL', 'TYPE', 'normal')));
  const place = { ports: found.ports.join(','), namespace: 'test' };
  return {
    name,
    store,
    place,
    faultyPlace: place,
    faults: [
      { name: 'connections cut', begin: async () => (await cut(), () => undefined) },
      stoppedServer(...found.processes),
    ],
    stop: async () => {
      for (const admin of admins) admin.disconnect();
      await found.stop();
    },
  };
}

async function file(): Promise<Subject> {
  const { path, remove } = await serverFolder();
  const place = { directory: path };
  return {
    name: 'FileSessionStore',
    store: 'file',
    place,
    faultyPlace: place,
    faults: [],
    stop: remove,
  };
}

/** The processes reach the memory of one that serves it; the proxy stands between. */
async function servedMemory(): Promise<Subject> {
  const process: ChildProcess = startProgram('test/linearizability/memory-server.ts');
  const [port] = (await once(process, 'message')) as [number];
  const proxy = await TcpProxy.before(port);
  return {
    name: 'MemorySessionStore behind one server',
    store: 'served-memory',
    place: { port: String(port) },
    faultyPlace: { port: String(proxy.port) },
    faults: [...networkFaults(proxy, '"save"'), stoppedServer(process)],
    stop: async () => {
      await proxy.refuse();
      await ended(process, 'SIGKILL');
    },
  };
}

async function onDatabase(database: Database): Promise<Subject> {
  const { name, type, url } = database;
  const dataSource = await connectTo(database);
  const table = await createTable(dataSource);
  const proxy = type === 'better-sqlite3' ? undefined : await TcpProxy.before(portOf(url));
  const faultyUrl = proxy ? Object.assign(new URL(url), { port: proxy.port }).href : url;
  return {
    name: `TypeOrmSessionStore on ${name}`,
    store: 'typeorm',
    place: { type, url, table },
    faultyPlace: { type, url: faultyUrl, table },
    faults: proxy ? networkFaults(proxy, 'UPDATE') : [],
    stop: async () => {
      await proxy?.refuse();
      await dropTable(dataSource, table);
      await dataSource.destroy();
      await database.stop();
    },
  };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol.startsWith('postgres') ? 5_432 : 3_306);
}
