import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from 'nestjs-sessions/redis';
import { ManualClock } from 'nestjs-sessions/testing';
import { tombstoneAfter } from '../../../lib/commit/tombstones.js';
import { newRevision } from '../../../lib/core/record/revision.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { commandsDuring as commandsOn } from '../../support/redis-commands.js';
import {
  eventually,
  isInstalled,
  missing,
  type RedisProcess,
  startRedis,
} from '../../support/servers.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

(isAvailable ? describe : describe.skip)('RedisSessionStore, seen from Redis', () => {
  const clock = new ManualClock(Date.now());
  let server: RedisProcess;
  let client: Redis;
  let admin: Redis;
  let record: ReturnType<typeof sampleRecord>;

  const storeWith = (options: RedisSessionStoreOptions = {}) =>
    new RedisSessionStore({ client, clock, ...options });

  beforeAll(async () => {
    // A replica would else wait five seconds before it copies its master.
    server = await startRedis('--repl-diskless-sync-delay', '0');
    [client, admin] = [new Redis(server.port), new Redis(server.port)];
  });
  afterAll(async () => {
    client.disconnect();
    admin.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    record = sampleRecord(clock);
  });

  const commandsDuring = (task: () => Promise<unknown>) => commandsOn(admin, task);

  it('takes one command per operation: a script, or one HMGET', async () => {
    const store = storeWith();
    const { key, revision, expiresAt } = record;
    for (const run of [store.create(record), store.touch(key, 0, ''), store.delete(key)]) await run;
    await store.save(record, '');
    const written = { hmget: 1, hset: 1, pexpireat: 1 };

    expect(await commandsDuring(() => store.create(record))).toEqual({ evalsha: 1, ...written });
    expect(await commandsDuring(() => store.load(key))).toEqual({ hmget: 1 });
    expect(await commandsDuring(() => store.touch(key, expiresAt + 1, revision))).toEqual({
      evalsha: 1,
      ...written,
    });
    expect(await commandsDuring(() => store.save(nextRecord(record), revision))).toEqual({
      evalsha: 1,
      ...written,
    });
    expect(await commandsDuring(() => store.delete(key))).toEqual({ evalsha: 1, hmget: 1, del: 1 });
  });

  it('sends a script anew when Redis has lost it, and by its hash from then on', async () => {
    const store = storeWith();
    await store.create(record);
    await admin.script('FLUSH');
    const [second, third] = [nextRecord(record), nextRecord(nextRecord(record))];

    expect(await store.save(second, record.revision)).toBe('saved');
    expect(await commandsDuring(() => store.save(third, second.revision))).toMatchObject({
      evalsha: 1,
    });
    await admin.script('FLUSH');
    expect(await store.create(sampleRecord(clock))).toBe(true);
    expect(await store.touch(third.key, third.expiresAt + 1, third.revision)).toBe(true);
    expect(await store.delete(third.key)).toBe(true);
  });

  it('judges a write that the client sends twice as it finds the record', async () => {
    const store = storeWith();
    const second = nextRecord(record);
    expect([await store.create(record), await store.create(record)]).toEqual([true, false]);
    await store.save(second, record.revision);

    expect(await store.save(second, record.revision)).toBe('conflict');
    expect(await store.load(record.key)).toEqual(second);
  });

  it('has Redis forget a record a minute after its expiry', async () => {
    await storeWith({ namespace: 'forgetful' }).create(record);

    expect(await admin.pexpiretime(`forgetful:${record.key}`)).toBe(record.expiresAt + 60_000);
  });

  it('hands out what has expired until then, and lists none of it', async () => {
    const store = storeWith();
    const record = sampleRecord(clock, { expiresAt: clock.now() + 10, userId: 'user-1' });
    await store.create(record);
    clock.advance(10);

    expect(await store.load(record.key)).toEqual(record);
    expect(await store.listByUser('user-1')).toEqual([]);
  });

  it('keeps namespaces apart, and touches no key outside of its own', async () => {
    const [shop, blog] = [storeWith({ namespace: 'shop' }), storeWith({ namespace: 'blog' })];
    await admin.set(record.key, 'of another application');
    await shop.create(record);

    expect(await blog.load(record.key)).toBeUndefined();
    expect(await blog.save(nextRecord(record), record.revision)).toBe('gone');
    expect(await blog.touch(record.key, record.expiresAt, record.revision)).toBe(false);
    expect(await blog.delete(record.key)).toBe(false);
    expect(await shop.load(record.key)).toEqual(record);
    expect(await shop.delete(record.key)).toBe(true);
    expect(await admin.get(record.key)).toBe('of another application');
  });

  it('takes a record that cannot be decoded for none, and says so', async () => {
    await admin.hset(`sessions:${record.key}`, 'expiresAt', record.expiresAt, 'record', '{"a');

    await expect(storeWith().load(record.key)).rejects.toMatchObject({
      code: 'SESSION_RECORD_UNREADABLE',
    });
  });

  it('throws what Redis says, without the key and the record that it was sent', async () => {
    const store = storeWith();
    const secretive = { ...record, data: { secret: 'hidden' } };
    await admin.set(`sessions:${record.key}`, 'a text');
    const failures = [
      () => store.load(record.key),
      () => store.create(secretive),
      () => store.save(secretive, 'a revision'),
      () => store.delete(record.key),
    ];
    for (const failing of failures) {
      const error: unknown = await failing().catch((reason: unknown) => reason);

      expect(inspect(error, { depth: 9 })).toContain('WRONGTYPE');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(
        new RegExp(`${record.key}|hidden`),
      );
    }
  });

  it('does not repeat the arguments that Redis quotes for a command that it refuses', async () => {
    const refusal = "ERR unknown command 'evalsha', with args beginning with: 'a' '1' 'a key'";
    const refusing = new RedisSessionStore({
      client: { evalsha: () => Promise.reject(new Error(refusal)) } as unknown as Redis,
    });

    await expect(refusing.delete('a key')).rejects.toThrow(/^ERR unknown command 'evalsha'$/);
  });

  describe('with durability', () => {
    const durability = { replicas: 1, timeoutMs: 400 };
    const marker = () => tombstoneAfter(record, { revision: newRevision(), now: clock.now() });

    it('throws when the end of a session reaches too few replicas', async () => {
      const store = storeWith({ durability });
      const tooFew = { code: 'SESSION_STORE_UNAVAILABLE', message: /reached 0 of the 1 replicas/ };
      await store.create(record);

      await expect(store.save(marker(), record.revision)).rejects.toMatchObject({
        code: tooFew.code,
        message: expect.stringMatching(tooFew.message),
      });
      await expect(store.delete(record.key)).rejects.toMatchObject({ code: tooFew.code });
    });

    it('waits for the replicas then, and for nothing else', async () => {
      const replica = await startRedis('--replicaof', `127.0.0.1 ${server.port}`);
      try {
        await eventually(async () => {
          await admin.set('written', 'now');
          if ((await admin.wait(1, 100)) < 1) throw new Error('There is no replica yet');
        });
        await admin.script('FLUSH');
        const store = storeWith({ durability });
        const other = sampleRecord(clock);

        const plain = await commandsDuring(async () => {
          for (const one of [record, other]) await store.create(one);
          await store.save(nextRecord(other), other.revision);
          await store.load(other.key);
        });
        expect(Object.keys(plain)).not.toContain('wait');
        expect(
          await commandsDuring(async () => {
            expect(await store.save(marker(), record.revision)).toBe('saved');
            expect(await store.delete(other.key)).toBe(true);
          }),
        ).toMatchObject({ wait: expect.any(Number) });
      } finally {
        await replica.stop();
      }
    });
  });

  it.each([
    [{ namespace: '' }, '`RedisSessionStore namespace` to be a text without spaces and braces'],
    [{ namespace: '{one}' }, 'got "{one}"'],
    [{ durability: { replicas: 0 } }, '`RedisSessionStore durability.replicas` to be a positive'],
    [{ durability: { timeoutMs: -1 } }, '`RedisSessionStore durability.timeoutMs`'],
    [{ durability: { nodes: 1 } }, '`RedisSessionStore durability.nodes` is not an option'],
    [{ prefix: 'a' }, '`RedisSessionStore prefix` is not an option'],
    [
      { client: { evalsha: () => undefined, options: { scaleReads: 'slave' } } },
      '`RedisSessionStore client.options.scaleReads` to be "master", got "slave"',
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => new RedisSessionStore(options as never)).toThrow(message);
  });
});
