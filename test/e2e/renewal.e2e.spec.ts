import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Answer, Browser } from '../support/browser.js';
import { CookieJar } from '../support/cookie-jar.js';
import { CountingStore } from '../support/counting-store.js';
import { endsOf } from '../support/jar-ends.js';
import { ListedStore } from '../support/listed-store.js';
import { AccountController } from './attacks/account.controller.js';
import { seenBy, valueIn } from './attacks/victim.js';

const RENEW_EVERY_MS = 10 * 60_000;
const ANN = { userId: 'ann', note: 'before' };

describe.each(adapters)('Renewal of the id, on %s', (_, makeAdapter) => {
  const records = new ListedStore();
  const store = new CountingStore(records);
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    const session = { store, lifetime: { renewEvery: RENEW_EVERY_MS } };
    host = await startApp(makeAdapter(), { session, controllers: [AccountController] });
  });
  beforeEach(async () => {
    browser = host.browser();
    records.keys.clear();
    await browser.get('/login/ann');
    await browser.get('/note/before');
    await age(valueIn(browser));
  });
  afterAll(async () => {
    await host.close();
    records.onModuleDestroy();
  });

  it('brings a new cookie with an answer that no cache keeps', async () => {
    const old = valueIn(browser);
    const answer = await browser.get('/who');
    expect(answer.json()).toEqual(ANN);
    expect(answer.setCookie).toHaveLength(1);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(valueIn(browser)).not.toBe(old);
    expect(await seenBy(browser)).toEqual(ANN);
  });

  it.each([2, 3, 4, 16])(
    'of %i requests at once leaves one session and one cookie',
    async (count) => {
      const old = new CookieJar(browser.jar);
      const answers = await atOnce(count);

      const [end, ...others] = endsOf(old, answers);
      expect(others).toEqual([]);
      expect(end).not.toBe(valueIn(browser));
      expect(answers.map((answer) => answer.json())).toEqual(answers.map(() => ANN));
      expect(await liveKeys()).toEqual([storeKeyOf(end!)]);
    },
  );

  it('logs nobody out if responses are lost', async () => {
    const [lost] = await atOnce(1);
    const [lostToo] = await atOnce(1);
    const [answer] = await atOnce(1);

    expect(lostToo!.setCookie).toEqual(lost!.setCookie);
    expect(answer!.setCookie).toEqual(lost!.setCookie);
    expect(answer!.json()).toEqual(ANN);
  });

  it('leaves the cookie of a login with the new id alone', async () => {
    const old = browser.clone();
    await browser.get('/who');
    await browser.get('/login/eve');
    const late = await old.get('/who');

    expect(late.setCookie).toEqual([]);
    expect(late.json()).toEqual({ userId: null, note: null });
    expect(await seenBy(browser)).toEqual({ userId: 'eve', note: 'before' });
  });

  /** Requests with the cookie as it is, whose answers do not reach the browser. */
  function atOnce(count: number): Promise<Answer[]> {
    const headers = { cookie: browser.cookieHeader };
    return Promise.all(
      Array.from({ length: count }, () => host.browser().get('/who', { headers })),
    );
  }

  /** Makes a session look as if it had been given its id so long ago that it is to be renewed. */
  async function age(id: string): Promise<void> {
    const record = (await records.load(storeKeyOf(id)))!;
    const issuedAt = Date.now() - RENEW_EVERY_MS;
    await records.save({ ...record, issuedAt } as typeof record, record.revision);
  }

  async function liveKeys(): Promise<string[]> {
    const found = await records.records();
    return found.filter(({ kind }) => kind === 'live').map(({ key }) => key);
  }
});
