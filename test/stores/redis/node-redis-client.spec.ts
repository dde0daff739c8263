import { inspect } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from 'nestjs-sessions/redis';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { systemClock } from '../../../lib/core/options/clock.js';
import { nextRecord, sampleRecord } from '../../../lib/testing/sample-record.js';
import { adapters } from '../../support/adapters.js';
import { moduleOf, startApp, type TestApp } from '../../support/app.js';
import { commandsDuring } from '../../support/redis-commands.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';
import { VisitsController } from '../../support/visits.controller.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');
const describeEach = (isAvailable ? describe : describe.skip).each;

const majors = [
  ['5', redis5 as unknown as typeof redis6],
  ['6', redis6],
] as const;
const NOT_CONNECTED =
  '`client` of RedisSessionStore is not connected. Call its `connect()` before the application has started.';

describeEach(majors)(
  'A client of redis %s',
  (_, { createClient, createCluster, createSentinel }) => {
    let server: RedisProcess;
    let admin: Redis;
    let record: ReturnType<typeof sampleRecord>;
    const clients: { destroy(): void }[] = [];

    beforeAll(async () => {
      server = await startRedis();
      admin = new Redis(server.port);
      await admin.acl('SETUSER', 'reader', 'on', '>hidden', '~*', '+@all', '-@write');
    });
    afterAll(async () => {
      for (const client of clients) client.destroy();
      admin.disconnect();
      await server.stop();
    });
    beforeEach(() => {
      record = sampleRecord(systemClock, { userId: 'ann' });
    });

    const made = (options: redis6.RedisClientOptions = {}) =>
      createClient({ ...options, socket: { port: server.port } }).on('error', () => undefined);
    const connected = async (options: redis6.RedisClientOptions = {}) => {
      const client = made(options);
      clients.push(client);
      await client.connect();
      return client;
    };

    it('sends a script anew when Redis has lost it, and by its hash from then on', async () => {
      const store = new RedisSessionStore({ client: await connected() });
      await store.create(record);
      await admin.script('FLUSH');
      const [second, third] = [nextRecord(record), nextRecord(nextRecord(record))];

      expect(await store.save(second, record.revision)).toBe('saved');
      expect(await commandsDuring(admin, () => store.save(third, second.revision))).toMatchObject({
        evalsha: 1,
        hset: 1,
      });
    });

    it('reads from Redis each time, although it has a cache of its own', async () => {
      const clientSideCache = { ttl: 0, maxEntries: 100 };
      const store = new RedisSessionStore({
        client: await connected({ RESP: 3, clientSideCache }),
      });
      await store.create(record);

      expect(
        await commandsDuring(admin, async () => {
          for (let n = 0; n < 3; n++) expect(await store.load(record.key)).toEqual(record);
        }),
      ).toEqual({ hmget: 3 });
    });

    it('fails with what Redis says, without the key and the record that it was sent', async () => {
      const store = new RedisSessionStore({ client: await connected() });
      const secretive = { ...record, data: { secret: 'hidden' } };
      await admin.set(`sessions:${record.key}`, 'a text');
      for (const failing of [
        () => store.load(record.key),
        () => store.create(secretive),
        () => store.delete(record.key),
      ]) {
        const error: unknown = await failing().catch((reason: unknown) => reason);

        expect(inspect(error, { depth: 9 })).toContain('WRONGTYPE');
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(
          new RegExp(`${record.key}|hidden`),
        );
      }
    });

    it('says that the end of a session reached too few replicas', async () => {
      const durability = { replicas: 1, timeoutMs: 100 };
      const store = new RedisSessionStore({ client: await connected(), durability });
      await store.create(record);
      await admin.script('FLUSH');

      await expect(store.delete(record.key)).rejects.toThrow(/reached 0 of the 1 replicas/);
      expect(await store.load(record.key)).toBeUndefined();
    });

    it.each([
      [
        'a cluster that reads from replicas',
        () => createCluster({ rootNodes: [], useReplicas: true }),
        '`RedisSessionStore client useReplicas` to be false, got true.',
      ],
      [
        'a Sentinel',
        () => createSentinel({ name: 'mymaster', sentinelRootNodes: [] }),
        'a client or a cluster of `redis` 5 or later, got its Sentinel.',
      ],
      [
        'a client of redis 4',
        () => ({ evalSha: () => undefined }),
        'a client or a cluster of `redis` 5 or later, got one of an older version.',
      ],
    ])('is none: %s', (_who, make, message) => {
      expect(() => new RedisSessionStore({ client: make() as never })).toThrow(message);
    });

    describe.each(adapters)('in an application on %s', (_adapter, makeAdapter) => {
      const started = (
        client: RedisSessionStoreOptions['client'],
        more: Parameters<typeof startApp>[1] = {},
      ): Promise<TestApp> =>
        startApp(makeAdapter(), {
          controllers: [VisitsController],
          session: {
            store: { useFactory: () => new RedisSessionStore({ client: client! }) },
            cookie: { secure: false },
          },
          ...more,
        });

      it('fails the boot with one clear line where nobody connects it', async () => {
        await expect(started(made())).rejects.toThrow(NOT_CONNECTED);
        await expect(started(createCluster({ rootNodes: [] }))).rejects.toThrow(NOT_CONNECTED);
      });

      it('may be connected by another provider as the application starts', async () => {
        const client = made();
        clients.push(client);
        @Injectable()
        class RedisService implements OnModuleInit {
          async onModuleInit() {
            await client.connect();
          }
        }
        const app = await started(client, { imports: [moduleOf({ providers: [RedisService] })] });

        expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
        await app.close();
      });

      it('fails the boot where it may not write', async () => {
        const client = await connected({ username: 'reader', password: 'hidden' });

        await expect(started(client)).rejects.toThrow(
          /^Redis refuses what the session store does: /,
        );
      });

      it('stays open when the application is closed', async () => {
        const client = await connected();
        const app = await started(client);
        expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
        await app.close();

        expect(await client.ping()).toBe('PONG');
      });
    });
  },
);
