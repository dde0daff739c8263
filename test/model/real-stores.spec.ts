import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { FileSessionStore } from 'nestjs-sessions/file';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { connectTo, createTable, dropTable, findDatabases } from '../support/databases.js';
import { findRedis, serverFolder } from '../support/servers.js';
import { describeInterleavings, RUNS_ON_REAL_STORES as runs } from './describe-interleavings.js';

const [redis, databases, folder] = await Promise.all([
  findRedis(),
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
