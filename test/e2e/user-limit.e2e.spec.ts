import { randomUUID } from 'node:crypto';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { MapSessionStore } from '../../sample/04-custom-store/map-session.store.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp, type TestAppSettings } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { findRedis } from '../support/servers.js';
import { DevicesController } from './user-sessions/devices.controller.js';

/** CI asks for more; a thousand are run on the committer itself. */
const RACES = Math.min(Number(process.env.TEST_RACES ?? 50), 200);
const TIMEOUT_MS = 20_000 + 500 * RACES;
const redis = await findRedis();
afterAll(() => redis?.stop());

const who = async (browser: Browser) =>
  (await browser.get('/who')).json<{ userId: string | null }>().userId;

describe.each(adapters)('A limit of sessions per user on %s', (_, makeAdapter) => {
  const apps: TestApp[] = [];
  let user: string;

  const start = async (session: TestAppSettings['session']) => {
    const app = await startApp(makeAdapter(), {
      controllers: [DevicesController],
      session: { cookie: { secure: false }, ...session },
    });
    apps.push(app);
    return app;
  };
  const login = (browser: Browser) => browser.post(`/login/${user}/phone`);

  beforeEach(() => {
    user = randomUUID();
  });
  afterAll(() => Promise.all(apps.map((app) => app.close())));

  it('ends the session with the earliest sign-in', async () => {
    const app = await start({ limits: { perUser: { max: 2 } } });
    const browsers = [app.browser(), app.browser(), app.browser()];
    for (const browser of browsers) expect((await login(browser)).status).toBe(201);

    expect(await Promise.all(browsers.map(who))).toEqual([null, user, user]);
  });

  it('refuses a login with 403, a body that says nothing else, and no cookie', async () => {
    const app = await start({ limits: { perUser: { max: 1, whenFull: 'refuse' } } });
    const [first, second] = [app.browser(), app.browser()];
    await login(first);
    const { status, setCookie, json } = await login(second);

    expect([status, json(), setCookie]).toEqual([
      403,
      { message: 'Forbidden', statusCode: 403 },
      [],
    ]);
    expect([await who(first), await who(second)]).toEqual([user, null]);
    await first.ask('/sessions', { method: 'DELETE' });
    await first.ask(`/users/${user}`, { method: 'DELETE' });
    expect((await login(second)).status).toBe(201);
  });

  it('lets the application offer a choice instead', async () => {
    const app = await start({ limits: { perUser: { max: 1, whenFull: 'refuse' } } });
    const [first, second] = [app.browser(), app.browser()];
    await login(first);
    const answer = await second.post(`/login-or-choose/${user}`);

    expect([answer.status, answer.json()]).toEqual([201, { isSignedIn: false }]);
    expect(second.jar.size).toBe(1);
    await first.ask(`/users/${user}`, { method: 'DELETE' });
    expect((await second.post(`/login-or-choose/${user}`)).json()).toEqual({ isSignedIn: true });
    expect(await who(second)).toBe(user);
  });

  it('fails the boot where the store cannot find sessions by user', async () => {
    await expect(
      start({ store: MapSessionStore, limits: { perUser: { max: 1 } } }),
    ).rejects.toMatchObject({
      code: 'SESSION_CONFIG_INVALID',
      message: expect.stringContaining('MapSessionStore has no `listByUser`'),
    });
  });

  (redis ? describe : describe.skip)('on two servers', () => {
    const namespace = `test-${randomUUID()}`;
    const { hostname = '', port = '', password = '' } = redis ? new URL(redis.url) : {};
    const client = { host: hostname, port: Number(port || 6379), ...(password && { password }) };
    const two = (whenFull: 'end-oldest' | 'refuse') =>
      Promise.all(
        [1, 2].map(() =>
          start({
            store: new RedisSessionStore({ client, namespace }),
            limits: { perUser: { max: 2, whenFull } },
          }),
        ),
      );

    it.each(['end-oldest', 'refuse'] as const)(
      `holds in ${RACES} races of four logins for two places, with %s`,
      async (whenFull) => {
        const servers = await two(whenFull);
        let wrong = 0;
        for (let race = 0; race < RACES; race++) {
          user = randomUUID();
          const browsers = [...servers, ...servers].map((app) => app.browser());
          const answers = await Promise.all(browsers.map(login));
          const users = await Promise.all(browsers.map(who));
          const left = users.filter(Boolean).length;
          if (whenFull === 'end-oldest' ? left !== 2 : left > 2) wrong++;
          const admitted = answers.map(({ status }) => status === 201);
          if (whenFull === 'refuse' && users.some((each, n) => (each === user) !== admitted[n]))
            wrong++;
          if (answers.some(({ status }) => status !== 201 && status !== 403)) wrong++;
          for (const browser of browsers) browser.close();
        }

        expect(wrong).toBe(0);
      },
      TIMEOUT_MS,
    );
  });
});
