import { Redis } from 'ioredis';
import { type NodeRedisClient, RedisSessionStore } from 'nestjs-sessions/redis';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp } from '../../support/app.js';
import type { Browser } from '../../support/browser.js';
import { isInstalled, missing, type RedisProcess, startRedis } from '../../support/servers.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { VisitsController } from '../../support/visits.controller.js';

const isAvailable =
  isInstalled('redis-server') || missing('redis', 'there is no redis-server to start');

/** What two busy cores may add to a deadline. */
const TOLERANCE_MS = 500;

const given: { destroy(): unknown }[] = [];
const clients = [
  // The default of `limits.storeTimeout`.
  ['its own client', 2_000, (port: number) => ({ port, host: '127.0.0.1' })],
  [
    'a client with the defaults of ioredis',
    1_000,
    (port: number) => {
      const client = new Redis(port).on('error', () => undefined);
      given.push({ destroy: () => client.disconnect() });
      return client;
    },
  ],
  ['a client of redis 5', 1_000, nodeRedisOf(redis5 as unknown as typeof redis6)],
  ['a client of redis 6', 1_000, nodeRedisOf(redis6)],
] as const;

/** As the documentation sets one up. */
function nodeRedisOf({ createClient }: typeof redis6) {
  return (port: number): NodeRedisClient => {
    const socket = { port, reconnectStrategy: (tries: number) => Math.min(50 * tries, 250) };
    const client = createClient({ socket }).on('error', () => undefined);
    void client.connect();
    given.push(client);
    return client;
  };
}

const setUps = adapters.flatMap(([adapter, makeAdapter]) =>
  clients.map(
    ([client, storeTimeout, makeClient]) =>
      [adapter, client, { makeAdapter, storeTimeout, makeClient }] as const,
  ),
);

(isAvailable ? describe : describe.skip).each(setUps)(
  'RedisSessionStore on %s with %s',
  (_adapter, _client, { makeAdapter, storeTimeout, makeClient }) => {
    let redis: RedisProcess;
    let proxy: TcpProxy;
    let app: TestApp;
    let browser: Browser;

    beforeAll(async () => {
      redis = await startRedis();
      proxy = await TcpProxy.before(redis.port);
      app = await startApp(makeAdapter(), {
        controllers: [VisitsController],
        session: {
          store: { useFactory: () => new RedisSessionStore({ client: makeClient(proxy.port) }) },
          cookie: { secure: false },
          limits: { storeTimeout },
        },
      });
    });
    afterAll(async () => {
      await app.close();
      for (const client of given.splice(0)) client.destroy();
      await proxy.refuse();
      await redis.stop();
    });
    beforeEach(async () => {
      browser = app.browser();
      await browser.get('/');
    });

    const faults = {
      'is stopped': {
        begin: () => void redis.process.kill('SIGSTOP'),
        end: () => void redis.process.kill('SIGCONT'),
      },
      'refuses connections': { begin: () => proxy.refuse(), end: () => proxy.accept() },
      'resets connections': { begin: () => proxy.reset(), end: () => proxy.accept() },
    };

    it.each(Object.entries(faults))(
      'answers 503 in time while Redis %s, and as ever from the first request after it',
      async (_fault, { begin, end }) => {
        await begin();
        try {
          const startedAt = performance.now();
          const answers = await Promise.all([
            browser.get('/'),
            browser.get('/read'),
            browser.post('/login'),
            browser.post('/logout'),
            browser.get('/untouched'),
          ]);
          expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 200]);
          expect(answers.flatMap(({ setCookie }) => setCookie)).toEqual([]);
          expect(performance.now() - startedAt).toBeLessThan(storeTimeout + TOLERANCE_MS);
        } finally {
          await end();
        }
        // What was under way when Redis stopped may have ended that session; it is not the one to ask.
        expect((await app.browser().get('/')).json()).toEqual({ visits: 1 });
      },
    );

    describe('when the answer to a write is lost', () => {
      beforeEach(async () => {
        // Redis knows the scripts from here on, so that none of them is sent twice for another reason.
        const other = app.browser();
        await other.get('/');
        await other.post('/login');
        await other.post('/logout');
        proxy.lost = 0;
      });

      it('has counted once', async () => {
        proxy.loseAnswerTo('evalsha');

        expect(await browser.get('/')).toMatchObject({ status: 200, text: '{"visits":2}' });
        expect(proxy.lost).toBe(1);
        expect((await browser.get('/read')).json()).toEqual({ visits: 2 });
      });

      it('has created one session', async () => {
        const newcomer = app.browser();
        const admin = new Redis(redis.port);
        const before = await admin.dbsize();
        proxy.loseAnswerTo('evalsha');

        expect(await newcomer.get('/')).toMatchObject({ status: 200, text: '{"visits":1}' });
        expect(proxy.lost).toBe(1);
        expect((await newcomer.get('/read')).json()).toEqual({ visits: 1 });
        expect(await admin.dbsize()).toBe(before + 1);
        admin.disconnect();
      });

      it('has rotated once', async () => {
        const stranger = browser.clone();
        proxy.loseAnswerTo('evalsha');

        expect((await browser.post('/login')).status).toBe(201);
        expect(proxy.lost).toBe(1);
        expect((await browser.get('/read')).json()).toEqual({ visits: 1 });
        expect((await stranger.get('/read')).json()).toEqual({ visits: 0 });
      });

      it('has ended the session', async () => {
        const thief = browser.clone();
        proxy.loseAnswerTo('evalsha');

        expect((await browser.post('/logout')).status).toBe(201);
        expect(proxy.lost).toBe(1);
        expect((await thief.get('/read')).json()).toEqual({ visits: 0 });
      });
    });
  },
);
