import { randomUUID } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { FileSessionStore } from 'nestjs-sessions/file';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { connectTo, createTable, dropTable, findDatabases } from '../support/databases.js';
import { startCluster } from '../support/redis-cluster.js';
import { findRedis, serverFolder } from '../support/servers.js';
import { describeInterleavings, RUNS_ON_REAL_STORES as runs } from './describe-interleavings.js';

const [redis, cluster, databases, folder] = await Promise.all([
  findRedis(),
  startCluster(60_000),
  findDatabases(),
  serverFolder(),
]);
const endings: (() => Promise<unknown>)[] = [() => folder.remove()];
afterAll(async () => {
  for (const end of endings) await end();
});

describeInterleavings('FileSessionStore', {
  runs,
  open: (clock) => new FileSessionStore({ directory: folder.path, clock, purgeEvery: false }),
});

if (redis) {
  const client = new Redis(redis.url);
  const namespace = `test-${randomUUID()}`;
  endings.push(
    () => client.quit(),
    () => redis.stop(),
  );
  describeInterleavings('RedisSessionStore', {
    runs,
    open: (clock) => new RedisSessionStore({ client, namespace, clock }),
  });
}

if (cluster) {
  const client = new Cluster(cluster.ports.map((port) => ({ host: '127.0.0.1', port })));
  endings.push(
    () => client.quit(),
    () => cluster.stop(),
  );
  describeInterleavings('RedisSessionStore on Redis Cluster', {
    runs,
    open: (clock) => new RedisSessionStore({ client, clock }),
  });
}

for (const [name, database] of databases) {
  const dataSource = await connectTo(database);
  const table = await createTable(dataSource);
  endings.push(
    () => dropTable(dataSource, table),
    () => dataSource.destroy(),
    () => database.stop(),
  );
  describeInterleavings(`TypeOrmSessionStore on ${name}`, {
    runs,
    open: (clock) => new TypeOrmSessionStore(dataSource, { table, clock, purgeEvery: false }),
  });
}
