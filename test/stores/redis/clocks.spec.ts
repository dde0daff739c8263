import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { ManualClock } from 'nestjs-sessions/testing';
import { systemClock } from '../../../lib/core/options/clock.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { commandsDuring } from '../../support/redis-commands.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

const MINUTE_MS = 60_000;

(isAvailable ? describe : describe.skip)('RedisSessionStore and clocks', () => {
  let server: RedisProcess;
  let client: Redis;
  let userId: string;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await client.flushdb();
    userId = randomUUID();
  });

  const nowAtRedis = async (): Promise<number> => {
    const [seconds] = await client.time();
    return Number(seconds) * 1_000;
  };

  describe.each([
    ['five minutes behind', -5 * MINUTE_MS],
    ['half an hour ahead', 30 * MINUTE_MS],
  ])('on a server whose clock is %s', (_, offsetMs) => {
    beforeEach(() => {
      const { now } = Date;
      jest.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('gives the time of Redis', async () => {
      const before = await nowAtRedis();
      const told = await new RedisSessionStore({ client }).currentTime();

      expect(told - before).toBeGreaterThanOrEqual(0);
      expect(told - before).toBeLessThan(MINUTE_MS);
    });

    it('keeps, changes, touches and lists what lives by the clock of Redis', async () => {
      const store = new RedisSessionStore({ client });
      const expiresAt = (await nowAtRedis()) + 2 * MINUTE_MS;
      const record = sampleRecord(systemClock, { userId, expiresAt });
      const second = nextRecord(record);
      expect(await store.create(record)).toBe(true);
      expect(await store.create(record)).toBe(false);
      expect(await store.save(second, record.revision)).toBe('saved');
      expect(await store.touch(second.key, expiresAt + 1, second.revision)).toBe(true);

      const left = { ...second, expiresAt: expiresAt + 1 };
      expect(await store.load(record.key)).toEqual(left);
      expect(await store.listByUser(userId)).toEqual([left]);
      expect(await store.delete(record.key)).toBe(true);
    });

    it('takes for expired what has expired by the clock of Redis', async () => {
      const store = new RedisSessionStore({ client });
      const expiresAt = (await nowAtRedis()) - 1;
      const record = sampleRecord(systemClock, { userId, expiresAt });
      const second = { ...nextRecord(record), expiresAt: expiresAt + MINUTE_MS };
      await store.create(record);

      expect(await store.listByUser(userId)).toEqual([]);
      expect(await store.save(second, record.revision)).toBe('gone');
      expect(await store.touch(record.key, expiresAt + MINUTE_MS, record.revision)).toBe(false);
      expect(await store.delete(record.key)).toBe(false);
    });

    it('leaves in the index what other servers have listed', async () => {
      const expiresAt = (await nowAtRedis()) + 1_000;
      const [one, other] = [0, 1].map(() => sampleRecord(systemClock, { userId, expiresAt }));
      await new RedisSessionStore({ client }).create(one!);
      const [index] = await client.keys('sessions:user:*');
      // As an entry that an earlier version wrote: it is listed for no longer than its session lives.
      await client.zadd(index!, expiresAt, one!.key);
      await new RedisSessionStore({ client }).create(other!);

      expect(await client.zcard(index!)).toBe(2);
    });
  });

  it('goes by a clock that it is given instead', async () => {
    const clock = new ManualClock(1_000_000);
    const store = new RedisSessionStore({ client, clock });
    const record = sampleRecord(clock);

    expect(await store.currentTime()).toBe(clock.now());
    expect(
      await commandsDuring(client, () => store.save(nextRecord(record), record.revision)),
    ).not.toHaveProperty('time');
  });

  it('throws what Redis says instead of the time', async () => {
    const time = () => Promise.reject(new Error('NOPERM for time, with args beginning with: none'));
    const store = new RedisSessionStore({ client: { evalsha: time, time } as unknown as Redis });

    await expect(store.currentTime()).rejects.toThrow(/^NOPERM for time$/);
  });
});
