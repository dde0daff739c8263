import { randomUUID } from 'node:crypto';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis6';
import {
  type RedisClient,
  RedisSessionStore,
  type RedisSessionStoreOptions,
} from 'nestjs-sessions/redis';
import { describeSessionStore } from 'nestjs-sessions/testing';
import { startCluster } from '../../support/redis-cluster.js';
import { startSentinel } from '../../support/redis-sentinel.js';
import { findRedis } from '../../support/servers.js';

interface ClosableClient extends RedisClient {
  disconnect(): void;
  on(event: 'error', listener: () => void): unknown;
}

const [single, cluster, sentinel] = await Promise.all([
  findRedis(),
  startCluster(),
  startSentinel(),
]);
const durability = { replicas: 1, timeoutMs: 1_000 };
const clients: ClosableClient[] = [];

afterAll(async () => {
  for (const client of clients) client.disconnect();
  await Promise.all([single?.stop(), cluster?.stop(), sentinel?.stop()]);
});

function describeOn(
  name: string,
  connect: () => ClosableClient,
  options: RedisSessionStoreOptions = {},
): void {
  const client = connect();
  client.on('error', () => undefined);
  clients.push(client);
  describeSessionStore(
    { describe, it, expect },
    `RedisSessionStore on ${name}`,
    (clock) => {
      const settings = { ...options, client, namespace: `test-${randomUUID()}`, clock };
      return { store: new RedisSessionStore(settings), other: new RedisSessionStore(settings) };
    },
    { listsByUser: true },
  );
}

for (const [major, { Redis, Cluster }] of [
  ['ioredis 5', ioredis5],
  ['ioredis 6', ioredis6 as unknown as typeof ioredis5],
] as const) {
  if (single) {
    describeOn(`a server, ${major}`, () => new Redis(single.url));
    describeOn(
      `a server, ${major} with pipelining`,
      () => new Redis(single.url, { enableAutoPipelining: true }),
    );
  }
  if (cluster) {
    const nodes = cluster.ports.map((port) => ({ host: '127.0.0.1', port }));
    describeOn(`a Cluster, ${major}`, () => new Cluster(nodes));
    describeOn(`a Cluster with replication, ${major}`, () => new Cluster(nodes), { durability });
  }
  if (sentinel) {
    const { sentinels, name } = sentinel;
    describeOn(`Sentinel, ${major}`, () => new Redis({ sentinels: [...sentinels], name }));
  }
}

if (single) {
  const client = new ioredis5.Redis(single.url);
  clients.push(client);
  describeSessionStore(
    { describe, it, expect },
    'RedisSessionStore by the clock of Redis',
    () => {
      const settings = { client, namespace: `test-${randomUUID()}` };
      return { store: new RedisSessionStore(settings), other: new RedisSessionStore(settings) };
    },
    { time: 'system', listsByUser: true },
  );
}

if (clients.length === 0) it.todo('runs where there is Redis');
