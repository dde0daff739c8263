import { setImmediate as nextTurn } from 'node:timers/promises';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Answer, Browser } from '../support/browser.js';
import { CookieJar } from '../support/cookie-jar.js';
import { CountingStore } from '../support/counting-store.js';
import { ListedStore } from '../support/listed-store.js';
import { endsOf } from '../support/jar-ends.js';
import { seededRandom } from '../support/orders.js';
import { AccountController } from './attacks/account.controller.js';
import { COOKIE, seenBy, valueIn } from './attacks/victim.js';
import { Crossing, script, UnderWayController } from './login-races/under-way.controller.js';

/** What requests with the old id do that a login overtakes, and how they are answered. */
const UNDER_WAY: Readonly<Record<string, number>> = {
  'loaded-read': 200,
  'loaded-write': 409,
  'late-logout': 200,
  untouched: 200,
  'late-read': 200,
  'loaded-update': 409,
  'loaded-logout': 200,
  error: 500,
  'late-write': 409,
  reload: 200,
  skipped: 200,
  'loaded-rotation': 409,
};
const kinds = Object.keys(UNDER_WAY);
const LOGIN = 'loaded-rotation';
const seeds = Array.from({ length: 30 }, (_, n) => n + 1);

/** For each number, so many choices that every kind of request is among them. */
const crowds = [2, 3, 4, 8, 16].flatMap((size) =>
  kinds.flatMap((name, n): [number, string, number][] =>
    n % Math.min(size, 4) === 0 ? [[size, name, n]] : [],
  ),
);

describe.each(adapters)('A login, on %s', (_, makeAdapter) => {
  const records = new ListedStore();
  const store = new CountingStore(records);
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    const controllers = [AccountController, UnderWayController];
    host = await startApp(makeAdapter(), { session: { store }, controllers });
  });
  beforeEach(async () => {
    browser = host.browser();
    records.keys.clear();
    await browser.get('/note/before');
  });
  afterEach(() => {
    store.before = () => undefined;
  });
  afterAll(async () => {
    await host.close();
    records.onModuleDestroy();
  });

  it.each(crowds)(
    'is the cookie that stays, with %i requests under way, the first a %s',
    async (size, __, first) => {
      const chosen = kindsFrom(first, size);
      const old = new CookieJar(browser.jar);
      const answering = await sendOut(chosen);
      const login = await browser.get('/login/ann');
      await browser.get('/note/secret');
      script.crossing.open();
      const answers = await Promise.all(answering);

      expect(answers.map(({ status }) => status)).toEqual(chosen.map((kind) => UNDER_WAY[kind]));
      expect(answers.filter(({ text }) => text.includes('secret'))).toEqual([]);
      expect(endsOf(old, [login, ...answers])).toEqual([valueIn(browser)]);
      expect(await seenBy(browser)).toEqual({ userId: 'ann', note: 'secret' });
    },
  );

  it('is NOT KEPT by a browser whose cookie led nowhere before, if another answer comes later', async () => {
    browser.jar.set(COOKIE, newSessionId());
    const old = new CookieJar(browser.jar);
    const answering = await sendOut(['late-read']);
    const login = await browser.get('/login/ann');
    script.crossing.open();

    expect(endsOf(old, [login, ...(await Promise.all(answering))])).toEqual([
      undefined,
      valueIn(browser),
    ]);
  });

  describe('and others at once', () => {
    it.each(seeds)('leave one session, and none without a cookie (%i)', async (seed) => {
      const old = new CookieJar(browser.jar);
      const random = seededRandom(seed);
      const size = 2 + Math.floor(random() * 13);
      const answering = await sendOut([LOGIN, LOGIN, ...kindsFrom(random() * kinds.length, size)]);
      delayCalls(random);
      script.crossing.open();
      const answers = await Promise.all(answering);
      store.before = () => undefined;
      const won = issuedBy(answers.slice(0, 2));
      const ends = endsOf(old, answers);
      const live = await liveKeys();

      const orphans = live.filter(
        (key) => !ends.some((value) => value && storeKeyOf(value) === key),
      );

      expect(won.length).toBeLessThan(2);
      expect(won.length === 1 ? ends : won).toEqual(won);
      expect(orphans).toEqual([]);
    });

    it.each([2, 3, 5, 16])('of %i with one session: one wins', async (count) => {
      const old = new CookieJar(browser.jar);
      const answering = await sendOut(Array.from({ length: count }, () => LOGIN));
      script.crossing.open();
      const answers = await Promise.all(answering);
      const won = issuedBy(answers);

      expect(answers.filter(({ status }) => status === 409)).toHaveLength(count - 1);
      expect(endsOf(old, answers)).toEqual(won);
      expect(await liveKeys()).toEqual(won.map(storeKeyOf));
    });

    it.each([2, 3, 5, 16])('of %i visitors without one: each has a session', async (count) => {
      await browser.get('/logout');
      const answering = await sendOut(Array.from({ length: count }, () => LOGIN));
      script.crossing.open();
      const ends = endsOf(new CookieJar(), await Promise.all(answering));

      expect(ends.map((value) => storeKeyOf(value!)).toSorted()).toEqual(await liveKeys());
      expect(ends).toHaveLength(count);
    });
  });

  /** Sends requests of these kinds with the cookie as it is, and waits until they are all under way. */
  async function sendOut(chosen: readonly string[]): Promise<Promise<Answer>[]> {
    script.crossing = new Crossing(chosen.length);
    const headers = { cookie: browser.cookieHeader };
    const answering = chosen.map((kind) => host.browser().get(`/under-way/${kind}`, { headers }));
    await script.crossing.full;
    return answering;
  }

  /** Has every call to the store wait for some turns of the event loop, so that the requests get mixed. */
  function delayCalls(random: () => number): void {
    store.before = async () => {
      for (let turns = Math.floor(random() * 8); turns > 0; turns--) await nextTurn();
    };
  }

  async function liveKeys(): Promise<string[]> {
    const found = await records.records();
    return found
      .filter(({ kind }) => kind === 'live')
      .map(({ key }) => key)
      .toSorted();
  }
});

function kindsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => kinds[(Math.floor(first) + n) % kinds.length]!);
}

function issuedBy(answers: readonly Answer[]): string[] {
  const values = answers.map(({ setCookie }) => new CookieJar().keep(setCookie).get(COOKIE));
  return values.filter((value) => value !== undefined);
}
