import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { ManualClock } from 'nestjs-sessions/testing';
import { sampleRecord } from '../../../lib/testing/sample-record.js';
import { barrier } from '../../support/open.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

/** Longer than the index lists a session beyond its expiry, so that the touch has to index first. */
const LONG_MS = 2 * 3_600_000;

(isAvailable ? describe : describe.skip)('Two touches at once in Redis', () => {
  const clock = new ManualClock(Date.now());
  let server: RedisProcess;
  let client: Redis;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const store = (through = client) => new RedisSessionStore({ client: through, clock });

  /** A client whose scripts of that number, counted from one, wait. */
  const heldAt = (script: number) => {
    const { reached, lift } = barrier();
    const waiting = barrier();
    let sent = 0;
    const evalsha = async (...args: [string, number, ...string[]]) => {
      if (++sent === script) {
        waiting.lift();
        await reached;
      }
      return client.evalsha(...args);
    };
    return {
      client: Object.assign(Object.create(client) as Redis, { evalsha }),
      waiting: waiting.reached,
      lift,
    };
  };

  it.each([
    ['an anonymous session', 1, {}],
    ["a user's session, before the slow one has been to the index", 1, { userId: randomUUID() }],
    ["a user's session, as the slow one goes to the index", 2, { userId: randomUUID() }],
    ["a user's session, after the slow one has been to the index", 3, { userId: randomUUID() }],
  ])('leave the later expiry of %s', async (_, script, owner) => {
    const record = sampleRecord(clock, owner);
    const { key, revision, expiresAt } = record;
    const later = expiresAt + 2 * LONG_MS;
    await store().create(record);
    const held = heldAt(script);
    const slow = store(held.client).touch(key, expiresAt + LONG_MS, revision);
    await held.waiting;
    expect(await store().touch(key, later, revision)).toBe(true);
    held.lift();

    expect(await slow).toBe(true);
    expect(await store().load(key)).toEqual({ ...record, expiresAt: later });
    expect(await client.pexpiretime(`sessions:${key}`)).toBe(later + 60_000);
    const atTheEnd = new RedisSessionStore({ client, clock: new ManualClock(later - 1) });
    const listed = await atTheEnd.listByUser(record.userId ?? '');
    expect(listed).toHaveLength(record.userId ? 1 : 0);
  });
});
