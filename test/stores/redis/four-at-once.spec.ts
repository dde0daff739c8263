import { randomUUID } from 'node:crypto';
import { describeFourAtOnce } from '../../support/describe-four-at-once.js';
import { findRedis } from '../../support/servers.js';
import { fourProcesses } from '../../support/workers/worker-processes.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

if (redis) {
  for (const [name, store] of [
    ['RedisSessionStore', 'redis'],
    ['RedisSessionStore with node-redis', 'node-redis'],
  ] as const) {
    describeFourAtOnce(name, () =>
      fourProcesses(store, { url: redis.url, namespace: `test-${randomUUID()}` }),
    );
  }
} else {
  it.todo('runs where there is Redis');
}
