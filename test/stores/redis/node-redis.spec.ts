import { randomUUID } from 'node:crypto';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { describeSessionStore } from 'nestjs-sessions/testing';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { startCluster } from '../../support/redis-cluster.js';
import { findRedis } from '../../support/servers.js';
import { describeOn } from './describe-on.js';

interface ClosableClient {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

const [single, cluster] = await Promise.all([findRedis(), startCluster()]);
const durability = { replicas: 1, timeoutMs: 1_000 };
const clients: ClosableClient[] = [];

afterAll(async () => {
  for (const client of clients) client.destroy();
  await Promise.all([single?.stop(), cluster?.stop()]);
});

async function connected<Client extends ClosableClient>(client: Client): Promise<Client> {
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

/** As an application may have its client: numbers as texts, texts as buffers. */
const typeMapping = { [redis6.RESP_TYPES.NUMBER]: String, [redis6.RESP_TYPES.BLOB_STRING]: Buffer };

for (const [major, { createClient, createCluster }] of [
  ['redis 5', redis5 as unknown as typeof redis6],
  ['redis 6', redis6],
] as const) {
  if (single) {
    const { url } = single;
    const client = await connected(createClient({ url }));
    const mapped = await connected(createClient({ url, commandOptions: { typeMapping } }));
    const caching = await connected(
      createClient({ url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 100 } }),
    );
    describeOn(`a server, ${major}`, { client });
    describeOn(`a server, ${major} with types of its own`, { client: mapped });
    describeOn(`a server, ${major} with a cache of its own`, { client: caching });
    describeSessionStore(
      { describe, it, expect },
      `RedisSessionStore by the clock of Redis, ${major}`,
      () => {
        const settings = { client, namespace: `test-${randomUUID()}` };
        return { store: new RedisSessionStore(settings), other: new RedisSessionStore(settings) };
      },
      { time: 'system', listsByUser: true },
    );
  }
  if (cluster) {
    const rootNodes = cluster.ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }));
    const client = await connected(createCluster({ rootNodes }));
    const mapped = await connected(createCluster({ rootNodes, commandOptions: { typeMapping } }));
    describeOn(`a Cluster, ${major}`, { client });
    describeOn(`a Cluster with replication, ${major}`, { client, durability });
    describeOn(`a Cluster with replication and types of its own, ${major}`, {
      client: mapped,
      durability,
    });
  }
}

if (clients.length === 0) it.todo('runs where there is Redis');
