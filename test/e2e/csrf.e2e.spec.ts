import { All, Controller, Get, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Session, SkipSession } from 'nestjs-sessions';
import { csrfToken, CsrfGuard, signIn } from 'nestjs-sessions/auth';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Answer, Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';

@Controller()
class BankController {
  @Get('form')
  async form(@Session() session: Session) {
    return { token: await csrfToken(session) };
  }

  @All('transfer')
  transfer() {
    return 'done';
  }

  @Get('visit')
  visit(@Session() session: Session<{ visits: number }>) {
    session.set('visits', 1);
  }

  @Post('sign-in')
  async signIn(@Session() session: Session) {
    await signIn(session, 'ann');
  }

  @Post('hook')
  @SkipSession()
  hook() {
    return 'heard';
  }
}

describe.each(adapters)('CsrfGuard, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      controllers: [BankController],
      providers: [{ provide: APP_GUARD, useClass: CsrfGuard }],
    });
  });
  beforeEach(() => {
    browser = host.browser();
  });
  afterAll(() => host.close());

  async function tokenOf(asking: Browser): Promise<string> {
    return (await asking.get('/form')).json<{ token: string }>().token;
  }

  function withHeader(token: string, method = 'POST'): Promise<Answer> {
    return browser.ask('/transfer', { method, headers: { 'x-csrf-token': token } });
  }

  function withBody(type: string, body: string): Promise<Answer> {
    return browser.post('/transfer', { headers: { 'content-type': type }, body });
  }

  it('lets the token of the session pass, in a header or a field of the body', async () => {
    const token = await tokenOf(browser);
    const json = JSON.stringify({ _csrf: token, amount: 1 });

    expect((await withHeader(token)).status).toBe(200);
    expect((await withBody('application/json', json)).status).toBe(200);
    expect(
      (await withBody('application/x-www-form-urlencoded', `_csrf=${token}&amount=1`)).status,
    ).toBe(200);
  });

  it('answers 403 to a missing, foreign, truncated, extended or non-string token', async () => {
    const [token, foreign] = [await tokenOf(browser), await tokenOf(host.browser())];
    const wrong = ['', foreign, token.slice(1), `${token}x`, `${token}, ${token}`];
    const values = [null, true, [token], { [token]: token }, token.length];
    const answers = await Promise.all([
      browser.post('/transfer'),
      ...wrong.map((value) => withHeader(value)),
      ...values.map((value) => withBody('application/json', JSON.stringify({ _csrf: value }))),
      withBody('application/json', `["${token}"]`),
    ]);

    for (const answer of answers) {
      expect(answer.json()).toEqual({
        statusCode: 403,
        message: 'The CSRF token is missing or not that of this session.',
        error: 'Forbidden',
      });
    }
  });

  it('prefers the header to the field', async () => {
    const token = await tokenOf(browser);
    const headers = { 'content-type': 'application/json', 'x-csrf-token': 'another' };
    const answer = await browser.post('/transfer', { headers, body: `{"_csrf":"${token}"}` });

    expect(answer.status).toBe(403);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass without a token', async (method) => {
    expect((await browser.ask('/transfer', { method })).status).toBeLessThan(300);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('requires a token for %s', async (method) => {
    const token = await tokenOf(browser);

    expect((await browser.ask('/transfer', { method })).status).toBe(403);
    expect((await withHeader(token, method)).status).toBeLessThan(300);
  });

  it('refuses any token if there is no session, or a session without a token', async () => {
    const token = await tokenOf(host.browser());
    expect((await withHeader(token)).status).toBe(403);
    expect((await withHeader('')).status).toBe(403);

    await browser.get('/visit');
    expect((await withHeader(token)).status).toBe(403);
    expect((await withHeader('undefined')).status).toBe(403);
  });

  it('starts no session when it refuses, and leaves the cookie of a session alone', async () => {
    store.takeCalls();
    expect((await browser.post('/transfer')).setCookie).toEqual([]);
    expect(store.takeCalls()).toBe('');

    await browser.get('/visit');
    store.takeCalls();
    expect((await browser.post('/transfer')).setCookie).toEqual([]);
    expect(store.takeCalls()).toBe('load');
  });

  it('ignores routes with @SkipSession()', async () => {
    expect((await browser.post('/hook')).text).toBe('heard');
  });

  describe('the token', () => {
    it('is masked anew at each call, stays valid, and costs one load once it exists', async () => {
      const tokens = [await tokenOf(browser)];
      store.takeCalls();
      for (let n = 0; n < 5; n++) tokens.push(await tokenOf(browser));
      expect(store.takeCalls()).toBe('load load load load load');

      const halves = tokens.flatMap((token) => {
        const bytes = Buffer.from(token, 'base64url');
        return [bytes.subarray(0, 32), bytes.subarray(32)].map((half) => half.toString('hex'));
      });
      expect(new Set(halves).size).toBe(12);
      for (const token of tokens) expect((await withHeader(token)).status).toBe(200);
    });

    it('is refused if mixed from two tokens, altered, or encoded in another way', async () => {
      const [one, other] = [await tokenOf(browser), await tokenOf(browser)];
      const changed = one.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
      const padded = `${one}==`;

      for (const token of [one.slice(0, 43) + other.slice(43), changed, padded, 'A'.repeat(86)])
        expect((await withHeader(token)).status).toBe(403);
    });

    it('is valid for all pages opened at once', async () => {
      await browser.get('/visit');
      const all = new Barrier();
      let loads = 0;
      store.after = (operation) => {
        if (operation !== 'load' || loads === 4) return undefined;
        if (++loads === 4) all.open();
        return all.reached;
      };
      const clones = Array.from({ length: 4 }, () => browser.clone());
      const tokens = await Promise.all(clones.map(tokenOf));
      store.after = () => undefined;
      for (const clone of clones) clone.close();

      for (const token of tokens) expect((await withHeader(token)).status).toBe(200);
    });

    it('changes at a sign-in', async () => {
      const before = await tokenOf(browser);
      await browser.post('/sign-in', { headers: { 'x-csrf-token': before } });
      expect((await withHeader(before)).status).toBe(403);

      const after = await tokenOf(browser);
      expect(after).not.toBe(before);
      expect((await withHeader(before)).status).toBe(403);
      expect((await withHeader(after)).status).toBe(200);
    });
  });
});
