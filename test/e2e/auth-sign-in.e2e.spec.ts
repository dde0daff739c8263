import type { LiveRecord } from 'nestjs-sessions';
import { SessionAuthModule } from 'nestjs-sessions/auth';
import { seedSession } from 'nestjs-sessions/testing';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { COOKIE, valueIn } from './attacks/victim.js';
import { controllers } from './auth/account.controller.js';
import { Accounts } from './auth/accounts.js';

const JSON_BODY = { 'content-type': 'application/json' };

describe.each(adapters)('Signing in and out, on %s', (_, makeAdapter) => {
  const accounts = new Accounts();
  const store = new CountingStore();
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      imports: [SessionAuthModule.forRoot({ users: accounts })],
      controllers,
      providers: [{ provide: Accounts, useValue: accounts }],
    });
  });
  beforeEach(() => {
    accounts.reset();
    browser = host.browser();
  });
  afterAll(() => host.close());

  async function damageStamp(of: Browser, value: unknown): Promise<void> {
    const record = (await store.inner.load(storeKeyOf(valueIn(of)))) as LiveRecord;
    const data = { ...record.data, '@sessions/stamp': value };
    expect(await store.inner.save({ ...record, data }, record.revision)).toBe('saved');
  }

  async function signedIn(id = 'ann'): Promise<Browser> {
    const other = host.browser();
    await other.post(`/sign-in/${id}`);
    return other;
  }

  describe('signIn', () => {
    it('gives the session a new id, and makes the old one worthless', async () => {
      await browser.post('/cart');
      const planted = valueIn(browser);
      await browser.post('/sign-in/ann');
      expect(valueIn(browser)).not.toBe(planted);

      const mallory = host.browser();
      mallory.jar.set(COOKIE, planted);
      expect((await mallory.get('/orders')).status).toBe(401);
      expect((await browser.get('/orders')).status).toBe(200);
    });

    it('keeps the values of the anonymous session', async () => {
      await browser.post('/cart');
      await browser.post('/sign-in/ann');

      expect((await browser.get('/cart')).json()).toEqual({ cart: ['tea'], notices: ['added'] });
    });

    it('keeps the values if the same user signs in again, and none of another user’s', async () => {
      await browser.post('/sign-in/ann');
      await browser.post('/cart');
      await browser.post('/sign-in/ann');
      expect((await browser.get('/cart')).json()).toMatchObject({ cart: ['tea'] });

      await browser.post('/cart');
      await browser.post('/sign-in/bob');
      expect((await browser.get('/cart')).json()).toEqual({ notices: [] });
      expect((await browser.get('/greeting')).json()).toEqual({ hello: 'BOB' });
    });

    it('issues a cookie that ends with the browser, or a persistent one with remember', async () => {
      const remember = { headers: JSON_BODY, body: '{"remember":"30d"}' };
      const [plain] = (await browser.post('/sign-in/ann')).setCookie;
      const [remembered] = (await browser.post('/sign-in/ann', remember)).setCookie;
      const [plainAgain] = (await browser.post('/sign-in/ann')).setCookie;

      expect(remembered).toMatch(/; Max-Age=2592000;/);
      expect([plain, plainAgain].join()).not.toMatch(/Max-Age|Expires/);
    });

    it('keeps a digest of the stamp, and not the stamp', async () => {
      const { inner } = store;
      const create = inner.create.bind(inner);
      let created = '';
      inner.create = (record) => {
        created = JSON.stringify(record);
        return create(record);
      };
      await browser.post('/sign-in/ann');
      inner.create = create;

      expect(created).toContain('@sessions/stamp');
      expect(created).not.toContain('hash of ann');
    });

    it('refuses a user without an id, and an invalid duration', async () => {
      const nonsense = { headers: JSON_BODY, body: '{"remember":"soon"}' };
      accounts.all.set('nobody', { ...accounts.all.get('ann')!, id: '' });

      expect((await browser.post('/sign-in/nobody')).status).toBe(500);
      expect((await browser.post('/sign-in/ann', nonsense)).status).toBe(500);
      expect(browser.jar.size).toBe(0);
    });
  });

  describe('signOut', () => {
    it('ends the session for every holder of its id', async () => {
      await browser.post('/sign-in/ann');
      const clone = browser.clone();
      expect((await browser.post('/sign-out')).setCookie.join()).toMatch(/Max-Age=0/);

      expect((await clone.get('/orders')).status).toBe(401);
      clone.close();
    });
  });

  describe('the guard', () => {
    it('answers 401 with a message if nobody is signed in, with or without a session', async () => {
      const unauthorized = { statusCode: 401, message: 'Sign in first.', error: 'Unauthorized' };
      expect((await browser.get('/orders')).json()).toEqual(unauthorized);

      await browser.post('/cart');
      const answer = await browser.get('/orders', { headers: { accept: 'text/html' } });
      expect([answer.status, answer.json()]).toEqual([401, unauthorized]);
    });

    it('and all who ask for the user load it once', async () => {
      browser = await signedIn();
      store.takeCalls();

      expect((await browser.get('/orders')).json()).toEqual({ name: 'ANN', isSame: true });
      expect(accounts.loads).toBe(1);
      expect(store.takeCalls()).toBe('load');
    });

    it('loads no user if nobody is signed in', async () => {
      await browser.get('/orders');
      expect(accounts.loads).toBe(0);
    });

    it('fails if the user cannot be loaded, and signs nobody out', async () => {
      browser = await signedIn();
      accounts.before = () => Promise.reject(new Error('the database is down'));
      expect((await browser.get('/orders')).status).toBe(500);

      accounts.before = async () => {};
      expect((await browser.get('/orders')).status).toBe(200);
    });
  });

  describe('@CurrentUser()', () => {
    it('is undefined on a public page, or the user', async () => {
      expect((await browser.get('/greeting')).json()).toEqual({ hello: 'stranger' });

      await browser.post('/sign-in/ann');
      expect((await browser.get('/greeting')).json()).toEqual({ hello: 'ANN' });
    });

    it('is the previous user in the request that signs in another one', async () => {
      browser = await signedIn();

      expect((await browser.get('/greeting/bob')).json()).toEqual({ before: 'ANN' });
      expect((await browser.get('/greeting')).json()).toEqual({ hello: 'BOB' });
    });
  });

  it('@CurrentUser() is the new user after the request has signed in another one', async () => {
    browser = await signedIn();
    expect((await browser.get('/greeting-of-bob')).json()).toEqual({ hello: 'BOB' });
  });

  describe('a user who is gone', () => {
    it('is signed out: 401, and the session is destroyed', async () => {
      browser = await signedIn();
      const sid = valueIn(browser);
      accounts.all.delete('ann');
      const answer = await browser.get('/orders');
      expect([answer.status, browser.jar.has(COOKIE)]).toEqual([401, false]);

      accounts.reset();
      browser.jar.set(COOKIE, sid);
      expect((await browser.get('/orders')).status).toBe(401);
    });

    it('is undefined on a public page', async () => {
      browser = await signedIn();
      accounts.all.delete('ann');

      expect((await browser.get('/greeting')).json()).toEqual({ hello: 'stranger' });
      expect(browser.jar.has(COOKIE)).toBe(false);
    });

    it('is signed out by each of several concurrent requests', async () => {
      browser = await signedIn();
      accounts.all.delete('ann');
      const all = new Barrier();
      accounts.before = () => {
        if (accounts.loads === 3) all.open();
        return all.reached;
      };
      const clones = [browser.clone(), browser.clone(), browser.clone()];
      const answers = await Promise.all(clones.map((clone) => clone.get('/orders')));
      for (const clone of clones) clone.close();

      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    });
  });

  it.each([
    ['with the stamp of its user', 'hash of ann', 200],
    ['with another stamp', 'another', 401],
    ['without a stamp', undefined, 401],
  ])('a session seeded by a test %s counts as one of that sign-in', async (__, stamp, status) => {
    const cookie = await seedSession(store, {
      userId: 'ann',
      ...(stamp && { credentialsStamp: stamp }),
    });
    expect((await browser.get('/orders', { headers: { cookie } })).status).toBe(status);
  });

  it.each([[5], [null], [true], [{}], [[]], [['x']], [''], ['x']])(
    'a session whose stamp is damaged, %j, is over: 401, and its cookie goes',
    async (value) => {
      const session = await signedIn();
      await damageStamp(session, value);
      expect((await session.get('/orders')).status).toBe(401);
      expect(session.jar.has(COOKIE)).toBe(false);
    },
  );

  describe('a new password', () => {
    it('ends the other sessions of the user at their next request, and no others', async () => {
      const [here, there, bob] = [await signedIn(), await signedIn(), await signedIn('bob')];
      expect((await here.post('/password')).status).toBe(201);

      expect((await there.get('/orders')).status).toBe(401);
      expect(there.jar.has(COOKIE)).toBe(false);
      expect((await here.get('/orders')).status).toBe(200);
      expect((await bob.get('/orders')).status).toBe(200);
    });

    it('does not end this session by an earlier request of the same session', async () => {
      browser = await signedIn();
      const slow = browser.clone();
      const [hasLoaded, mayGoOn] = [new Barrier(), new Barrier()];
      accounts.before = () => {
        accounts.before = async () => {};
        hasLoaded.open();
        return mayGoOn.reached;
      };
      const answering = slow.get('/orders');
      await hasLoaded.reached;
      await browser.post('/password');
      mayGoOn.open();
      const answer = await answering;
      slow.close();

      expect([answer.status, answer.setCookie]).toEqual([401, []]);
      expect((await browser.get('/orders')).status).toBe(200);
    });

    it('does not end this session by a request that arrives while it is stored', async () => {
      browser = await signedIn();
      const other = browser.clone();
      const [isStoring, mayGoOn] = [new Barrier(), new Barrier()];
      accounts.beforeStoring = () => {
        isStoring.open();
        return mayGoOn.reached;
      };
      const changing = browser.post('/password');
      await isStoring.reached;
      const answer = await other.get('/orders');
      mayGoOn.open();
      other.close();

      expect([answer.status, answer.setCookie]).toEqual([401, []]);
      expect((await changing).status).toBe(201);
      expect((await browser.get('/orders')).status).toBe(200);
    });

    it('ends a session that was signed in without a stamp, whatever the password', async () => {
      await browser.post('/sign-in-without-stamp/ann');
      expect((await browser.get('/orders')).status).toBe(401);
    });

    it('revives no session if it is changed back to the old one', async () => {
      browser = await signedIn();
      const sid = valueIn(browser);
      accounts.all.get('ann')!.passwordHash = 'another hash';
      await browser.get('/orders');
      accounts.reset();
      browser.jar.set(COOKIE, sid);

      expect((await browser.get('/orders')).status).toBe(401);
    });
  });
});
