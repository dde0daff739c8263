import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from 'nestjs-sessions/redis';
import { ManualClock } from 'nestjs-sessions/testing';
import { tombstoneAfter } from '../../../lib/commit/tombstones.js';
import { newRevision } from '../../../lib/core/record/revision.js';
import type { LiveRecord } from '../../../lib/core/record/session-record.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { commandsDuring as commandsOn } from '../../support/redis-commands.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

/** How much longer than a session lives the index lists it. */
const LISTED_AFTER_MS = 3_600_000;

(isAvailable ? describe : describe.skip)('The index by user in Redis', () => {
  const clock = new ManualClock(Date.now());
  let server: RedisProcess;
  let client: Redis;
  let admin: Redis;
  let userId: string;
  let record: LiveRecord;

  beforeAll(async () => {
    server = await startRedis();
    [client, admin] = [new Redis(server.port), new Redis(server.port)];
    // So that Redis knows all scripts.
    const [store, any] = [storeWith(), sampleRecord(clock, { userId: 'any' })];
    await store.create(any);
    await store.touch(any.key, any.expiresAt, any.revision);
    await store.save(any, any.revision);
    await store.listByUser('any');
    await store.delete(any.key);
  });
  afterAll(async () => {
    client.disconnect();
    admin.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    userId = randomUUID();
    record = sampleRecord(clock, { userId });
  });

  const storeWith = (options: RedisSessionStoreOptions = {}) =>
    new RedisSessionStore({ client, clock, ...options });
  const commandsDuring = (task: () => Promise<unknown>) => commandsOn(admin, task);
  const written = { hmget: 1, hset: 1, pexpireat: 1 };
  const indexed = { zscore: 1, zremrangebyscore: 1, zadd: 1, zrevrange: 1, pexpireat: 1 };

  const keyOfIndex = (namespace = 'sessions') =>
    `${namespace}:user:${createHash('sha256').update(userId).digest('base64url')}`;
  const entries = (namespace?: string) => admin.zrange(keyOfIndex(namespace), 0, -1);
  const until = () => admin.pexpiretime(keyOfIndex());
  /** A client of a process that dies after so many scripts. */
  const dyingAfter = (scripts: number): Redis => {
    let left = scripts;
    const evalsha = (...args: [string, number, ...string[]]) =>
      left-- > 0 ? client.evalsha(...args) : Promise.reject(new Error('died'));
    return Object.assign(Object.create(client) as Redis, { evalsha });
  };

  it('takes one command more where a session comes to belong to somebody, and one where it ends', async () => {
    const store = storeWith();
    const second = nextRecord(record);
    const third = nextRecord(second, { userId: `${userId} junior` });
    const counts = { ...written, ...indexed, evalsha: 2, hset: 2, pexpireat: 2 };

    expect(await commandsDuring(() => store.create(record))).toEqual(counts);
    expect(await commandsDuring(() => store.load(record.key))).toEqual({ hmget: 1 });
    expect(
      await commandsDuring(() => store.touch(record.key, record.expiresAt + 1, record.revision)),
    ).toEqual({ ...written, evalsha: 1 });
    expect(await commandsDuring(() => store.save(second, record.revision))).toEqual({
      ...written,
      evalsha: 1,
    });
    expect(await commandsDuring(() => store.save(third, second.revision))).toMatchObject({
      evalsha: 3,
      zadd: 1,
    });
    expect(await commandsDuring(() => store.delete(record.key))).toEqual({
      evalsha: 1,
      hmget: 1,
      del: 1,
      zrem: 1,
    });
  });

  it('lists with one command, and one HMGET per session, whatever else is stored', async () => {
    const store = storeWith();
    await store.create(record);
    await store.create(sampleRecord(clock, { userId }));
    for (let n = 0; n < 20; n++)
      await store.create(sampleRecord(clock, { userId: `another ${n}` }));

    expect(await commandsDuring(() => store.listByUser(userId))).toEqual({
      evalsha: 1,
      zcount: 1,
      zrangebyscore: 1,
      hmget: 2,
    });
  });

  it('keeps no entry of what was destroyed or rotated', async () => {
    const store = storeWith();
    const other = sampleRecord(clock, { userId });
    for (const one of [record, other]) await store.create(one);
    expect(await entries()).toHaveLength(2);
    await store.delete(other.key);
    const marker = tombstoneAfter(record, { revision: newRevision(), now: clock.now() });
    await store.save(marker, record.revision);

    expect(await entries()).toEqual([]);
  });

  it('drops what is over when it indexes more, and all of it after the last expiry', async () => {
    const short = sampleRecord(clock, { userId });
    const long = sampleRecord(clock, { userId, expiresAt: short.expiresAt + 30_000 });
    for (const one of [long, short]) await storeWith().create(one);
    expect(await until()).toBe(long.expiresAt + LISTED_AFTER_MS + 60_000);
    const later = new ManualClock(short.expiresAt + LISTED_AFTER_MS + 60_001);
    await storeWith({ clock: later }).create(sampleRecord(clock, { userId }));

    expect(await entries()).toHaveLength(2);
    expect(await entries()).not.toContain(short.key);
  });

  it('keeps an entry until the latest expiry that was asked for, also by one that lost', async () => {
    const store = storeWith();
    const expiresAt = record.expiresAt + 2 * LISTED_AFTER_MS;
    await store.create(record);
    await store.save(nextRecord(record, { expiresAt }), record.revision);
    await store.save(nextRecord(record, { expiresAt: clock.now() }), record.revision);

    expect(await until()).toBe(expiresAt + LISTED_AFTER_MS + 60_000);
    expect(await admin.zscore(keyOfIndex(), record.key)).toBe(String(expiresAt + LISTED_AFTER_MS));
  });

  it.each(['save', 'touch'] as const)(
    'lists a session for longer before a %s lets it live for longer than it is listed',
    async (write) => {
      const store = storeWith();
      const expiresAt = record.expiresAt + LISTED_AFTER_MS + 1;
      const next = { ...nextRecord(record), expiresAt };
      const writeNext = () =>
        write === 'save'
          ? store.save(next, record.revision)
          : store.touch(record.key, expiresAt, record.revision);
      await store.create(record);

      expect(await commandsDuring(writeNext)).toMatchObject({ evalsha: 3, zadd: 1 });
      expect(await admin.zscore(keyOfIndex(), record.key)).toBe(
        String(expiresAt + LISTED_AFTER_MS),
      );
      const late = storeWith({ clock: new ManualClock(expiresAt - 1) });
      expect((await late.listByUser(userId)).map(({ key }) => key)).toEqual([record.key]);
    },
  );

  it.each(['save', 'touch'] as const)(
    'leaves a session as it was where a %s could not have it listed for longer',
    async (write) => {
      const expiresAt = record.expiresAt + LISTED_AFTER_MS + 1;
      const dying = storeWith({ client: dyingAfter(1) });
      await storeWith().create(record);
      const late =
        write === 'save'
          ? dying.save({ ...nextRecord(record), expiresAt }, record.revision)
          : dying.touch(record.key, expiresAt, record.revision);

      await expect(late).rejects.toThrow('died');
      expect(await storeWith().load(record.key)).toEqual(record);
    },
  );

  it('takes a limit at the end of time', async () => {
    const forever = sampleRecord(clock, { userId, expiresAt: 8.64e15, absoluteExpiresAt: 8.64e15 });

    expect(await storeWith().create(forever)).toBe(true);
    expect(await storeWith().listByUser(userId)).toEqual([forever]);
  });

  it('lists nothing for an entry whose writer died before the record, and the record later', async () => {
    const dying = storeWith({ client: dyingAfter(1) });
    await expect(dying.create(record)).rejects.toThrow('died');

    expect(await entries()).toEqual([record.key]);
    expect(await storeWith().listByUser(userId)).toEqual([]);
    expect(await entries()).toEqual([record.key]);
    await storeWith().create(record);
    expect(await storeWith().listByUser(userId)).toEqual([record]);
  });

  it('gives a session to nobody where the index could not be written', async () => {
    const anonymous = sampleRecord(clock);
    await storeWith().create(anonymous);
    const signedIn = nextRecord(anonymous, { userId });
    const dying = storeWith({ client: dyingAfter(1) });

    await expect(dying.save(signedIn, anonymous.revision)).rejects.toThrow('died');
    expect(await storeWith().load(anonymous.key)).toEqual(anonymous);
  });

  it('indexes a session that was written before there was an index, with its next save', async () => {
    await storeWith().create(record);
    await admin.hdel(`sessions:${record.key}`, 'owner');
    await admin.del(keyOfIndex());
    expect(await storeWith().listByUser(userId)).toEqual([]);
    const second = nextRecord(record);
    await storeWith().save(second, record.revision);

    expect(await storeWith().listByUser(userId)).toEqual([second]);
  });

  it('keeps namespaces apart', async () => {
    await storeWith({ namespace: 'shop' }).create(record);

    expect(await storeWith({ namespace: 'blog' }).listByUser(userId)).toEqual([]);
    expect(await entries('shop')).toEqual([record.key]);
  });

  it('has no user id in the names of keys', async () => {
    await storeWith({ namespace: 'names' }).create(record);

    expect((await admin.keys('names:*')).join()).not.toContain(userId);
  });
});
