import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { sign } from '../../lib/cookie/signature.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { AccountController } from './attacks/account.controller.js';
import { COOKIE, NOBODY, seenBy, valueIn } from './attacks/victim.js';

const [OLD, PRESENT, GUESSED] = ['o', 'p', 'g'].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
];

describe.each(adapters)('Forgery, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const hosts: TestApp[] = [];

  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
  });

  async function start(...secrets: string[]): Promise<TestApp> {
    const host = await startApp(makeAdapter(), {
      controllers: [AccountController],
      session: { store, cookie: { secrets } },
    });
    hosts.push(host);
    return host;
  }

  async function signedIn(host: TestApp, user: string): Promise<Browser> {
    const browser = host.browser();
    await browser.get(`/login/${user}`);
    return browser;
  }

  function presenting(host: TestApp, value: string): Browser {
    const browser = host.browser();
    browser.jar.set(COOKIE, value);
    return browser;
  }

  describe('of an id', () => {
    it('by a key from a leaked store does not open the session', async () => {
      const host = await start();
      const key = storeKeyOf(valueIn(await signedIn(host, 'ann')));

      expect(await seenBy(presenting(host, key))).toEqual(NOBODY);
    });

    it('by changing the case of a letter gives another id', async () => {
      const host = await start();
      const id = valueIn(await signedIn(host, 'ann'));
      const swapped = id.replace(/[A-Za-z](?=.*[A-Za-z])/, (letter) =>
        letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
      );

      expect(swapped).not.toBe(id);
      expect(await seenBy(presenting(host, swapped))).toEqual(NOBODY);
    });
  });

  // An unsigned id, one under an unknown secret, and one under an old secret are in strangers.e2e.spec.ts.
  describe('of a signature', () => {
    it('with that of another session costs no store call', async () => {
      const host = await start(PRESENT);
      const [id] = valueIn(await signedIn(host, 'ann')).split('.');
      const [, signature] = valueIn(await signedIn(host, 'mallory')).split('.');
      store.takeCalls();

      expect(await seenBy(presenting(host, `${id}.${signature}`))).toEqual(NOBODY);
      expect(store.takeCalls()).toBe('');
    });

    it.each([
      ['with a guessed secret', (id: string) => sign(COOKIE, id, GUESSED)],
      ['for another cookie', (id: string) => sign('sid', id, PRESENT)],
      ['over the name alone', (id: string) => `${id}.${sign(COOKIE, '', PRESENT).slice(1)}`],
      ['twice', (id: string) => `${sign(COOKIE, id, PRESENT)}.${id}`],
      ['with another end', (id: string) => `${sign(COOKIE, id, PRESENT)}=`],
      ['for an id that nobody issued', () => sign(COOKIE, newSessionId(), GUESSED)],
    ])('made %s costs no look at the store', async (__, forge) => {
      const host = await start(PRESENT);
      const [id = ''] = valueIn(await signedIn(host, 'ann')).split('.');
      store.takeCalls();

      expect(await seenBy(presenting(host, forge(id)))).toEqual(NOBODY);
      expect(store.takeCalls()).toBe('');
    });

    it('with a retired secret fails', async () => {
      const value = valueIn(await signedIn(await start(OLD), 'ann'));

      expect(await seenBy(presenting(await start(PRESENT, OLD), value))).toMatchObject({
        userId: 'ann',
      });
      expect(await seenBy(presenting(await start(PRESENT), value))).toEqual(NOBODY);
    });

    it('with an old secret fails for new sessions, which the first secret signs', async () => {
      const value = valueIn(await signedIn(await start(PRESENT, OLD), 'ann'));

      expect(await seenBy(presenting(await start(PRESENT), value))).toMatchObject({
        userId: 'ann',
      });
      expect(await seenBy(presenting(await start(OLD), value))).toEqual(NOBODY);
    });
  });

  // Keys that are names of Object.prototype are in strangers.e2e.spec.ts.
  describe('of data', () => {
    const post = (browser: Browser, body: string) =>
      browser.post('/all', { headers: { 'content-type': 'application/json' }, body });

    it.each([
      ['in the value', '{"cart":{"__proto__":{"isAdmin":true}}}'],
      ['deep in the value', '{"cart":[{"a":{"__proto__":{"isAdmin":true}}}]}'],
      ['as the key', '{"__proto__":{"isAdmin":true}}'],
    ])('by __proto__ %s is refused, and stores nothing', async (__, body) => {
      const browser = (await start()).browser();
      // Fastify's own parser refuses it first.
      expect([400, 500]).toContain((await post(browser, body)).status);
      expect(browser.jar.size).toBe(0);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    });

    it('by constructor and prototype is stored like other data, and changes nothing else', async () => {
      const browser = (await start()).browser();
      const values = { constructor: { prototype: { isAdmin: true } }, prototype: { isAdmin: 1 } };
      const { status } = await post(browser, JSON.stringify(values));
      // Fastify's own parser refuses it first.
      expect([201, 400]).toContain(status);
      expect((await browser.get('/all')).json()).toEqual(status === 201 ? values : {});
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    });

    it('by the names of reserved values changes none of them', async () => {
      const browser = (await start()).browser();
      const values = {
        userId: 'admin',
        key: 'other',
        kind: 'marker',
        revision: '0',
        expiresAt: 1e15,
        absoluteExpiresAt: 1e15,
        format: 7,
        data: {},
        lifetime: { kind: 'date', at: 1e15 },
      };
      await post(browser, JSON.stringify(values));
      const record = (await store.inner.load(storeKeyOf(valueIn(browser))))!;

      expect(await seenBy(browser)).toEqual(NOBODY);
      expect(record.absoluteExpiresAt).toBeLessThan(Date.now() + 13 * 60 * 60_000);
      expect((await browser.get('/all')).json()).toEqual(values);
    });
  });
});
