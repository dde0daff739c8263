import { randomUUID } from 'node:crypto';
import { Sessions, type UserSession } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import { MapSessionStore } from '../../sample/04-custom-store/map-session.store.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp, type TestAppSettings } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { findRedis } from '../support/servers.js';
import { DevicesController } from './user-sessions/devices.controller.js';

type Listed = UserSession<{ device: string }>;

/** CI asks for more. */
const RACES = Number(process.env.TEST_RACES ?? 50);
const TIMEOUT_MS = 20_000 + 500 * RACES;
const redis = await findRedis();
afterAll(() => redis?.stop());

/** The answer, which has to be one: a 503 is not taken for "nobody" or "no sessions". */
async function asked<T>(browser: Browser, path: string, method = 'GET'): Promise<T> {
  const answer = await browser.ask(path, { method });
  expect(answer.status).toBe(200);
  return answer.json<T>();
}

const who = async (browser: Browser) =>
  (await asked<{ userId: string | null }>(browser, '/who')).userId;
const list = (browser: Browser) => asked<Listed[]>(browser, '/sessions');
const remove = async (browser: Browser, path: string) =>
  (await asked<{ ended: boolean | number }>(browser, path, 'DELETE')).ended;

describe.each(adapters)('The sessions of a user on %s', (_, makeAdapter) => {
  const start = (session: TestAppSettings['session'] = {}) =>
    startApp(makeAdapter(), {
      controllers: [DevicesController],
      session: { cookie: { secure: false }, ...session },
    });

  describe('in an application', () => {
    let app: TestApp;
    let user: string;
    beforeAll(async () => {
      app = await start();
    });
    afterAll(() => app.close());
    beforeEach(() => {
      user = randomUUID();
    });

    const signedIn = async (device: string, userId = user) => {
      const browser = app.browser();
      await browser.post(`/login/${userId}/${device}`);
      return browser;
    };

    it('are listed with the selected values, and nothing that opens them', async () => {
      const before = Date.now();
      const [phone] = [await signedIn('phone'), await signedIn('laptop')];
      await signedIn('another', randomUUID());
      const answer = await phone.get('/sessions');
      const [first, second, ...others] = answer.json<Listed[]>();

      expect(others).toEqual([]);
      expect([first?.data, second?.data]).toEqual([{ device: 'phone' }, { device: 'laptop' }]);
      expect([first?.isCurrent, second?.isCurrent]).toEqual([true, false]);
      expect(Object.keys(first!)).toEqual([
        ...['publicId', 'isCurrent', 'createdAt', 'signedInAt', 'lastSeenAt'],
        ...['expiresAt', 'absoluteExpiresAt', 'data'],
      ]);
      expect(first!.createdAt).toBeGreaterThanOrEqual(before);
      expect(first!.lastSeenAt).toBe(first!.createdAt);
      expect(first!.expiresAt - first!.createdAt).toBe(30 * 60_000);
      expect(first!.absoluteExpiresAt - first!.createdAt).toBe(12 * 3_600_000);
      for (const id of phone.jar.values()) expect(answer.text).not.toContain(id);
      expect(answer.text).not.toContain('hidden');
    });

    it('end by their public id, also after they were rotated', async () => {
      const [phone, laptop] = [await signedIn('phone'), await signedIn('laptop')];
      const [, { publicId } = { publicId: '' }] = await list(phone);
      await laptop.post('/rotate');

      expect(await remove(phone, `/sessions/${publicId}`)).toBe(true);
      expect([await who(phone), await who(laptop)]).toEqual([user, null]);
      expect(await remove(phone, `/sessions/${publicId}`)).toBe(false);
      expect(await list(phone)).toHaveLength(1);
    });

    it('do not end by another user’s public id, nor by a malformed one', async () => {
      const [phone, stranger] = [await signedIn('phone'), await signedIn('x', randomUUID())];
      const [{ publicId } = { publicId: '' }] = await list(phone);

      expect(await remove(stranger, `/sessions/${publicId}`)).toBe(false);
      expect(await remove(app.browser(), `/sessions/${publicId}`)).toBe(false);
      expect(await remove(phone, '/sessions/nonsense')).toBe(false);
      expect(await who(phone)).toBe(user);
    });

    it('end except for the one in use', async () => {
      const [phone, laptop] = [await signedIn('phone'), await signedIn('laptop')];

      expect(await remove(phone, '/sessions')).toBe(1);
      expect([await who(phone), await who(laptop)]).toEqual([user, null]);
    });

    it('end at a login that revokes all others', async () => {
      const [phone, laptop] = [await signedIn('phone'), app.browser()];

      expect((await laptop.post(`/login-elsewhere-over/${user}`)).json()).toEqual({ ended: 1 });
      expect([await who(phone), await who(laptop)]).toEqual([null, user]);
    });

    it("are nobody's without a user", async () => {
      expect(await list(app.browser())).toEqual([]);
      expect(await remove(app.browser(), '/sessions')).toBe(0);
    });
  });

  it('need a store that finds them', async () => {
    const app = await start({ store: MapSessionStore });
    const sessions = app.app.get(Sessions);
    const lacking = {
      code: 'SESSION_CONFIG_INVALID',
      message:
        'Sessions cannot be found by their user, and `limits.perUser` cannot be kept, since MapSessionStore has no `listByUser` (the interface UserIndex). Choose a store that has it.',
    };

    await expect(sessions.listByUser('ann')).rejects.toMatchObject(lacking);
    await expect(sessions.revokeAll('ann')).rejects.toMatchObject(lacking);
    await app.close();
  });

  (redis ? describe : describe.skip)('on two servers', () => {
    const namespace = `test-${randomUUID()}`;
    const apps: TestApp[] = [];
    // A login that hears nothing of its create for a second makes another one, and both are listed.
    const limits = { storeTimeout: '1m' } as const;
    const { hostname = '', port = '', password = '' } = redis ? new URL(redis.url) : {};
    const client = { host: hostname, port: Number(port || 6379), ...(password && { password }) };

    beforeAll(async () => {
      for (let n = 0; n < 2; n++)
        apps.push(await start({ store: new RedisSessionStore({ client, namespace }), limits }));
    });
    afterAll(() => Promise.all(apps.map((app) => app.close())));

    const at = (n: number) => apps[n]!.browser();

    it('end on both as soon as one has said so', async () => {
      const [user, here, there] = [randomUUID(), at(0), at(1)];
      for (const browser of [here, there]) await browser.post(`/login/${user}/phone`);
      const elsewhere = at(0);
      for (const [name, value] of there.jar) elsewhere.jar.set(name, value);
      const [{ publicId } = { publicId: '' }] = (await list(here)).filter(
        (each) => !each.isCurrent,
      );

      expect(await remove(here, `/sessions/${publicId}`)).toBe(true);
      expect([await who(there), await who(elsewhere)]).toEqual([null, null]);
      expect(await remove(there, `/users/${user}`)).toBe(1);
      expect(await who(here)).toBe(null);
    });

    it(
      `are over or alive and listed in ${RACES} races of logins and rotations against the end`,
      async () => {
        const sides = new Set<string | null>();
        let wrong = 0;
        for (let race = 0; race < RACES; race++) {
          const user = randomUUID();
          const [ending, old, rotating, ...logins] = [at(race % 2), at(0), at(1), at(0), at(1)];
          for (const browser of [old, rotating]) await browser.post(`/login/${user}/old`);
          const before = [old.clone(), rotating.clone()];
          await Promise.all([
            remove(ending, `/users/${user}`),
            rotating.post('/rotate'),
            ...logins.map((browser) => browser.post(`/login/${user}/new`)),
          ]);
          const users = await Promise.all(logins.map(who));
          for (const each of users) sides.add(each && 'alive');
          for (const browser of [old, rotating, ...before]) if (await who(browser)) wrong++;
          const survivor = logins.find((_login, n) => users[n]);
          const listed = survivor ? (await list(survivor)).length : 0;
          if (listed !== users.filter(Boolean).length) wrong++;
          for (const browser of [ending, old, rotating, ...before, ...logins]) browser.close();
        }

        expect(wrong).toBe(0);
        expect(sides).toContain('alive');
      },
      TIMEOUT_MS,
    );
  });
});
