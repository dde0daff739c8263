import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { AccountController } from './attacks/account.controller.js';
import { askWith, COOKIE, NOBODY, seenBy, valueIn } from './attacks/victim.js';

const ANN = { userId: 'ann', note: null };

describe.each(adapters)('Fixation, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let victim: Browser;
  let mallory: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { session: { store }, controllers: [AccountController] });
  });
  beforeEach(() => {
    [victim, mallory] = [host.browser(), host.browser()];
  });
  afterAll(() => host.close());

  describe('by a planted id', () => {
    it('of the attacker’s own session gives no access to data or writes after a login', async () => {
      await mallory.get('/note/bait');
      victim.jar.set(COOKIE, valueIn(mallory));
      await victim.get('/login/ann');
      const answer = await mallory.get('/who');

      expect([answer.json(), answer.setCookie]).toEqual([NOBODY, []]);
      expect((await mallory.get('/note/more')).status).toBe(409);
      expect((await mallory.get('/login/mallory')).status).toBe(200);
      expect(await seenBy(mallory)).toEqual({ userId: 'mallory', note: null });
      expect(await seenBy(victim)).toEqual({ userId: 'ann', note: 'bait' });
    });

    it.each(['/note/mine', '/login/ann'])(
      'that nobody issued: %s stores nothing under it',
      async (path) => {
        const planted = newSessionId();
        victim.jar.set(COOKIE, planted);
        await victim.get(path);

        expect(valueIn(victim)).not.toBe(planted);
        expect(await store.inner.load(storeKeyOf(planted))).toBeUndefined();
      },
    );

    it('of an ended session is not adopted by a login', async () => {
      await mallory.get('/note/bait');
      const planted = valueIn(mallory);
      await mallory.get('/logout');
      for (const browser of [victim, mallory]) browser.jar.set(COOKIE, planted);
      await victim.get('/login/ann');

      expect(await seenBy(mallory)).toEqual(NOBODY);
      expect(await seenBy(victim)).toEqual(ANN);
    });
  });

  describe('by a cookie planted beside the victim’s, on another path or domain', () => {
    beforeEach(async () => {
      await mallory.get('/login/mallory');
      await victim.get('/login/ann');
    });

    it.each<[string, (own: string, planted: string) => string[]]>([
      ['before it', (own, planted) => [planted, own]],
      ['behind it', (own, planted) => [own, planted]],
      ['that pushes it out', (own, planted) => [planted, newSessionId(), newSessionId(), own]],
      ['that pushes in', (own, planted) => [newSessionId(), newSessionId(), own, planted]],
    ])(
      '%s: nothing of the attacker’s is read, and nothing is written that he could read',
      async (__, all) => {
        const sent = all(valueIn(victim), valueIn(mallory));

        expect((await askWith(host.browser(), '/who', sent)).json()).toEqual(NOBODY);
        expect((await askWith(host.browser(), '/note/private', sent)).status).toBe(200);
        expect(await seenBy(mallory)).toEqual({ userId: 'mallory', note: null });
      },
    );

    it.each([
      ['a letter in another case', '__host-sid'],
      ['an encoded letter', '__%48ost-sid'],
      ['a no-break space before it', '\u00a0__Host-sid'],
      ['no name at all', ''],
    ])('by our name with %s: it is not ours', async (__, name) => {
      const cookie = `${name}=${valueIn(mallory)}; other=${COOKIE}`;
      const answer = await host.browser().get('/who', { headers: { cookie } });

      expect([answer.json(), answer.setCookie]).toEqual([NOBODY, []]);
    });

    it('leaves the victim’s own session in effect if it has none itself', async () => {
      const sent = [newSessionId(), valueIn(victim)];

      expect((await askWith(host.browser(), '/who', sent)).json()).toEqual(ANN);
    });
  });
});
