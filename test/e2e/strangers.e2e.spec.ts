import { Controller, Get, Param } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { newSessionId } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { CountingStore } from '../support/counting-store.js';

@Controller()
class Values {
  @Get('read/:key')
  async read(@Session() session: Session<Record<string, unknown>>, @Param('key') key: string) {
    return { value: (await session.get(key)) ?? null };
  }

  @Get('write/:key')
  write(@Session() session: Session<Record<string, unknown>>, @Param('key') key: string) {
    session.set(key, 'written');
    return 'done';
  }
}

const id = newSessionId();
const cookies: [string, string][] = [
  ['an unknown id', `__Host-sid=${id}`],
  ['an id that is too short', `__Host-sid=${id.slice(1)}`],
  ['an id that is too long', `__Host-sid=${id}A`],
  ['another spelling of the same bytes', `__Host-sid=${id}=`],
  ['an id of which a letter is encoded', `__Host-sid=%41${id.slice(1)}`],
  ['broken percent-encoding', '__Host-sid=%E0%A4%A'],
  ['an empty value', '__Host-sid='],
  ['a name of Object.prototype', '__Host-sid=__proto__'],
  ['quotes', `__Host-sid="${id}"`],
  ['a signature nobody asked for', `__Host-sid=${id}.c2lnbmF0dXJl`],
  ['two unknown ids', `__Host-sid=${id}; __Host-sid=${newSessionId()}`],
  ['ten unknown ids', Array.from({ length: 10 }, () => `__Host-sid=${newSessionId()}`).join('; ')],
  ['letters beyond ASCII', '__Host-sid=\u00e4\u00f6\u00fc'],
  ['12 KiB', `__Host-sid=${'x'.repeat(12_288)}`],
  ['thousands of blanks', `a=1;${' '.repeat(12_000)}; __Host-sid=x`],
];

describe.each(adapters)('A stranger on %s', (_, make) => {
  const store = new CountingStore();
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(make(), { controllers: [Values], session: { store } });
  });
  afterAll(() => app.close());
  beforeEach(() => void store.takeCalls());

  describe.each(cookies)('with %s for a cookie', (_, cookie) => {
    it('reads nothing, and has the cookie cleared', async () => {
      const answer = await app.browser().get('/read/a', { headers: { cookie } });

      expect([answer.status, answer.text]).toEqual([200, '{"value":null}']);
      expect(answer.setCookie).toEqual([expect.stringMatching(/^__Host-sid=; Max-Age=0; Path=\//)]);
      expect(store.takeCalls().split(' ').filter(Boolean).length).toBeLessThanOrEqual(3);
    });

    it('gets a new id on writing, not the one it brought', async () => {
      const answer = await app.browser().get('/write/a', { headers: { cookie } });

      expect(answer.status).toBe(200);
      expect(answer.setCookie).toHaveLength(1);
      expect(answer.setCookie[0]).not.toContain(id);
    });
  });

  it.each(['constructor', 'toString', '__defineGetter__', 'hasOwnProperty'])(
    'uses the key %s like any other',
    async (key) => {
      const browser = app.browser();

      expect((await browser.get(`/read/${key}`)).json()).toEqual({ value: null });
      expect((await browser.get(`/write/${key}`)).status).toBe(200);
      expect((await browser.get(`/read/${key}`)).json()).toEqual({ value: 'written' });
    },
  );

  it('gets the documented error for the key __proto__, and changes no prototype', async () => {
    const browser = app.browser();

    expect((await browser.get('/read/__proto__')).json()).toEqual({ value: null });
    const { status, text } = await browser.get('/write/__proto__');
    expect([status, text]).toEqual([500, '{"message":"Internal Server Error","statusCode":500}']);
    expect(({} as { written?: string }).written).toBeUndefined();
  });

  it('is anonymous with two live sessions', async () => {
    const [one, other] = [app.browser(), app.browser()];
    await one.get('/write/a');
    await other.get('/write/a');
    const cookie = `${one.cookieHeader}; ${other.cookieHeader}`;

    expect((await app.browser().get('/read/a', { headers: { cookie } })).json()).toEqual({
      value: null,
    });
    const beside = `${one.cookieHeader}; __Host-sid=${newSessionId()}`;
    expect((await app.browser().get('/read/a', { headers: { cookie: beside } })).json()).toEqual({
      value: 'written',
    });
  });
});

describe.each(adapters)('With signed cookies on %s', (_, make) => {
  const [old, present, unknown] = ['o', 'p', 'u'].map((letter) => letter.repeat(32)) as [
    string,
    string,
    string,
  ];

  it('an old secret is accepted, an unknown or missing one is not', async () => {
    const store = new CountingStore();
    const session = (...secrets: string[]) => ({ store, cookie: { secrets } });
    const before = await startApp(make(), { controllers: [Values], session: session(old) });
    const visitor = before.browser();
    await visitor.get('/write/a');
    const cookie = visitor.cookieHeader;
    await before.close();

    const after = await startApp(make(), { controllers: [Values], session: session(present, old) });
    const read = async (sent: string) =>
      (await after.browser().get('/read/a', { headers: { cookie: sent } })).json();
    expect(await read(cookie)).toEqual({ value: 'written' });
    expect(await read(cookie.slice(0, cookie.indexOf('.')))).toEqual({ value: null });
    await after.close();

    const without = await startApp(make(), { controllers: [Values], session: session(unknown) });
    store.takeCalls();
    const answer = await without.browser().get('/read/a', { headers: { cookie } });
    expect(answer.json()).toEqual({ value: null });
    expect(store.takeCalls()).toBe('');
    await without.close();
  });
});
