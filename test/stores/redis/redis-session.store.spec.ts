import { randomUUID } from 'node:crypto';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis6';
import { type RedisClient, RedisSessionStore } from 'nestjs-sessions/redis';
import { describeSessionStore } from 'nestjs-sessions/testing';
import { startCluster } from '../../support/redis-cluster.js';
import { startSentinel } from '../../support/redis-sentinel.js';
import { findRedis } from '../../support/servers.js';
import { describeOn } from './describe-on.js';

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

function given<Client extends ClosableClient>(client: Client): Client {
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

for (const [major, { Redis, Cluster }] of [
  ['ioredis 5', ioredis5],
  ['ioredis 6', ioredis6 as unknown as typeof ioredis5],
] as const) {
  if (single) {
    const pipelining = given(new Redis(single.url, { enableAutoPipelining: true }));
    describeOn(`a server, ${major}`, { client: given(new Redis(single.url)) });
    describeOn(`a server, ${major} with pipelining`, { client: pipelining });
  }
  if (cluster) {
    const nodes = cluster.ports.map((port) => ({ host: '127.0.0.1', port }));
    const client = given(new Cluster(nodes));
    describeOn(`a Cluster, ${major}`, { client });
    describeOn(`a Cluster with replication, ${major}`, { client, durability });
  }
  if (sentinel) {
    const { sentinels, name } = sentinel;
    const client = given(new Redis({ sentinels: [...sentinels], name }));
    describeOn(`Sentinel, ${major}`, { client });
  }
}

if (single) {
  const client = given(new ioredis5.Redis(single.url));
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
