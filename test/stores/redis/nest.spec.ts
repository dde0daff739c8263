import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { type Duration, SessionModule } from 'nestjs-sessions';
import {
  REDIS_SESSION_STORE_OPTIONS,
  RedisSessionStore,
  type RedisSessionStoreOptions,
} from 'nestjs-sessions/redis';
import { adapters } from '../../support/adapters.js';
import { moduleOf, startApp, type TestApp, type TestAppSettings } from '../../support/app.js';
import {
  findRedis,
  freePort,
  isInstalled,
  type RedisProcess,
  startRedis,
} from '../../support/servers.js';
import { VisitsController } from '../../support/visits.controller.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

(redis ? describe : describe.skip).each(adapters)(
  'RedisSessionStore in an application on %s',
  (_adapter, makeAdapter) => {
    const namespace = `test-${randomUUID()}`;
    const { hostname: host = '', port = '', password = '' } = redis ? new URL(redis.url) : {};
    const address = { host, port: Number(port || 6379), ...(password && { password }) };
    const apps: TestApp[] = [];
    const clients: Redis[] = [];

    afterAll(async () => {
      await Promise.all(apps.map((app) => app.close()));
      for (const client of clients) client.disconnect();
    });

    async function started(session: TestAppSettings['session']): Promise<TestApp> {
      const app = await startApp(makeAdapter(), {
        controllers: [VisitsController],
        session: { cookie: { secure: false }, ...session },
      });
      apps.push(app);
      return app;
    }

    const storeOf = (options: RedisSessionStoreOptions) => ({
      useFactory: () => new RedisSessionStore({ namespace, ...options }),
    });

    function connected(): Redis {
      const client = new Redis(redis!.url);
      clients.push(client);
      return client;
    }

    it('counts visits, and goes on after a restart of the application', async () => {
      const first = await started({ store: storeOf({ client: address }) });
      const browser = first.browser();
      expect((await browser.get('/')).json()).toEqual({ visits: 1 });
      expect((await browser.get('/')).json()).toEqual({ visits: 2 });
      await first.close();

      const second = (await started({ store: storeOf({ client: address }) })).browser();
      for (const [name, value] of browser.jar) second.jar.set(name, value);
      expect((await second.get('/')).json()).toEqual({ visits: 3 });
    });

    it('serves a session from two applications at once', async () => {
      const client = connected();
      const [one, two] = await Promise.all([
        started({ store: storeOf({ client }) }),
        started({ store: storeOf({ client: address }) }),
      ]);
      const browser = one.browser();
      await browser.get('/');
      const other = two.browser();
      for (const [name, value] of browser.jar) other.jar.set(name, value);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? browser : other).get('/')),
      );

      expect(answers.map(({ text }) => text).toSorted()).toEqual(
        Array.from({ length: 10 }, (_, n) => `{"visits":${n + 2}}`).toSorted(),
      );
    });

    it('is built by Nest from the class, with options that a module provides', async () => {
      const provider = {
        provide: REDIS_SESSION_STORE_OPTIONS,
        useFactory: (): RedisSessionStoreOptions => ({ client: connected(), namespace }),
      };
      const app = await started({
        store: RedisSessionStore,
        imports: [moduleOf({ providers: [provider], exports: [provider] })],
      });

      expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
      expect(await clients.at(-1)!.keys(`${namespace}:*`)).not.toHaveLength(0);
    });

    it('takes a client that is injected, and leaves it open', async () => {
      const client = connected();
      const app = await started({
        imports: [
          moduleOf({ providers: [{ provide: Redis, useValue: client }], exports: [Redis] }),
        ],
        store: {
          inject: [Redis],
          useFactory: (injected: Redis) => new RedisSessionStore({ client: injected, namespace }),
        },
      });
      expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
      await app.close();

      expect(await client.ping()).toBe('PONG');
    });

    it('is configured by ConfigService, and closes the client that it made', async () => {
      const name = `test-${randomUUID()}`;
      const settings = { REDIS_HOST: host, REDIS_PORT: address.port, IDLE: '5m' };
      const config = ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => settings] });
      @Module({
        imports: [
          SessionModule.forRootAsync({
            imports: [config],
            inject: [ConfigService],
            useFactory: (service: ConfigService) => ({
              lifetime: { idleTimeout: service.getOrThrow<Duration>('IDLE') },
              cookie: { secure: false },
            }),
            store: {
              inject: [ConfigService],
              useFactory: (service: ConfigService) =>
                new RedisSessionStore({
                  namespace,
                  client: {
                    host: service.getOrThrow<string>('REDIS_HOST'),
                    port: service.getOrThrow<number>('REDIS_PORT'),
                    connectionName: name,
                    ...(password && { password }),
                  },
                }),
            },
          }),
        ],
        controllers: [VisitsController],
      })
      class AppModule {}
      const app = await NestFactory.create(AppModule, makeAdapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      const admin = connected();

      expect(await (await fetch(await app.getUrl())).json()).toEqual({ visits: 1 });
      expect(await admin.client('LIST')).toContain(name);
      await app.close();
      expect(await admin.client('LIST')).not.toContain(name);
    });

    describe('at boot', () => {
      const boot = (client: RedisSessionStoreOptions['client']) =>
        started({ store: storeOf({ client: client! }) });

      it('fails with one clear line when nothing answers', async () => {
        const unused = await freePort();

        await expect(boot({ host: '127.0.0.1', port: unused, password: 'hidden' })).rejects.toThrow(
          `The session store cannot use Redis at 127.0.0.1:${unused}: connect ECONNREFUSED 127.0.0.1:${unused}. Check \`client\` of RedisSessionStore, or set its \`lazyConnect\` to start without Redis.`,
        );
      });

      it('starts without Redis if it connects later, and answers 503', async () => {
        const app = await boot({ port: await freePort(), lazyConnect: true });

        expect((await app.browser().get('/')).status).toBe(503);
        expect((await app.browser().get('/untouched')).status).toBe(200);
      });

      (isInstalled('redis-server') ? describe : describe.skip)('with a password', () => {
        let server: RedisProcess;

        beforeAll(async () => {
          server = await startRedis();
          const admin = new Redis(server.port);
          await admin.config('SET', 'requirepass', 'the right one');
          admin.disconnect();
        });
        afterAll(() => server.stop());

        it.each([
          ['wrong', { password: 'hidden' }, /WRONGPASS/],
          ['missing', {}, /NOAUTH/],
        ])('that is %s, fails with one clear line without it', async (_, credentials, said) => {
          const error: unknown = await boot({
            host: '127.0.0.1',
            port: server.port,
            ...credentials,
          }).catch((reason: unknown) => reason);

          expect(error).toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
          const { message } = error as Error;
          expect(message).toMatch(said);
          expect(message).not.toMatch(/hidden|\n/);
        });

        it('that is right, starts', async () => {
          const app = await boot({ port: server.port, password: 'the right one' });

          expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
        });
      });
    });
  },
);
