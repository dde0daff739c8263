import { Controller, Get, HttpCode, InternalServerErrorException } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { valueIn } from './attacks/victim.js';

type Named = Session<{ name: string; step: number }>;

const RENEW_EVERY_MS = 10 * 60_000;
const ISSUED = [expect.stringMatching(/^__Host-sid=[\w-]{43,}; Path=\/; HttpOnly/) as string];
const CLEARED = [expect.stringMatching(/^__Host-sid=; Max-Age=0; /) as string];

/** What another request does while a handler is at work. */
let meanwhile: () => Promise<unknown> = () => Promise.resolve();

/** Each writes something, and fails after that. */
@Controller()
class FailuresController {
  @Get('all')
  all(@Session() session: Named) {
    return session.all();
  }

  @Get('seed')
  seed(@Session() session: Named) {
    session.set('name', 'Ann');
  }

  @Get('login-then-throw')
  async loginThenThrow(@Session() session: Named) {
    await logIn(session);
    session.set('step', 2);
    throw new Error('broken');
  }

  @Get('login-then-code')
  @HttpCode(503)
  async loginThenCode(@Session() session: Named) {
    await logIn(session);
  }

  @Get('login-then-change')
  async loginThenChange(@Session() session: Named) {
    await logIn(session);
    await meanwhile();
    session.set('step', 2);
    return 'done';
  }

  @Get('update-then-throw')
  async updateThenThrow(@Session() session: Named) {
    await session.update('step', () => 1);
    throw new InternalServerErrorException();
  }

  @Get('logout-then-throw')
  async logoutThenThrow(@Session() session: Named) {
    await session.destroy();
    throw new Error('broken');
  }

  @Get('save-then-throw')
  async saveThenThrow(@Session() session: Named) {
    await session.load();
    await session.save();
    throw new Error('broken');
  }

  @Get('keep-then-change')
  async keepThenChange(@Session() session: Named) {
    session.setLifetime({ afterInactivity: '1h' });
    await session.save();
    await meanwhile();
    session.set('step', 2);
    return 'done';
  }

  @Get('keep-then-throw')
  async keepThenThrow(@Session() session: Named) {
    session.setLifetime({ afterInactivity: '1h' });
    await session.save();
    await meanwhile();
    session.set('step', 2);
    await session.save().catch(() => undefined);
    throw new Error('broken');
  }

  @Get('login')
  login(@Session() session: Named) {
    return logIn(session);
  }
}

async function logIn(session: Named): Promise<void> {
  session.set('name', 'Bob');
  session.set('step', 1);
  session.rotate();
  await session.save();
}

describe.each(adapters)('An error after a successful commit, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    const session = { store, lifetime: { renewEvery: RENEW_EVERY_MS } };
    host = await startApp(makeAdapter(), { session, controllers: [FailuresController] });
  });
  beforeEach(() => {
    browser = host.browser();
    meanwhile = () => Promise.resolve();
    store.before = () => undefined;
  });
  afterAll(() => host.close());

  it.each(['login-then-throw', 'login-then-code'])(
    'brings the cookie of a login: %s',
    async (path) => {
      await browser.get('/seed');
      const answer = await browser.get(`/${path}`);
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(answer.setCookie).toEqual(ISSUED);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Cookie' });
      expect((await browser.get('/all')).json()).toEqual({ name: 'Bob', step: 1 });
    },
  );

  it('sends the cookie of a login whose request then fails to save', async () => {
    await browser.get('/seed');
    meanwhile = async () => {
      store.before = () => {
        throw new Error('connection refused');
      };
    };
    const answer = await browser.get('/login-then-change');
    store.before = () => undefined;
    expect(answer).toMatchObject({ status: 503, setCookie: ISSUED });
    expect(answer.text).not.toContain('done');
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Cookie' });
    expect((await browser.get('/all')).json()).toEqual({ name: 'Bob', step: 1 });
  });

  it('sends the cookie of a session that an update started', async () => {
    expect(await browser.get('/update-then-throw')).toMatchObject({
      status: 500,
      setCookie: ISSUED,
    });
    expect((await browser.get('/all')).json()).toEqual({ step: 1 });
  });

  it('clears the cookie of a session that ended', async () => {
    await browser.get('/seed');
    const answer = await browser.get('/logout-then-throw');
    expect(answer).toMatchObject({ status: 500, setCookie: CLEARED });
  });

  it('sends no cookie for a renewal alone', async () => {
    await browser.get('/seed');
    await age(valueIn(browser));
    const answer = await browser.get('/save-then-throw');
    expect(answer).toMatchObject({ status: 500, setCookie: [] });
    expect(await browser.get('/all')).toMatchObject({ status: 200, setCookie: ISSUED });
  });

  it.each([
    ['keep-then-change', 409],
    ['keep-then-throw', 500],
  ])(
    'brings no cookie in place of the one of a login meanwhile: %s answers %i',
    async (path, status) => {
      await browser.get('/seed');
      meanwhile = () => browser.get('/login');
      expect(await browser.clone().get(`/${path}`)).toMatchObject({ status, setCookie: [] });
      expect((await browser.get('/all')).json()).toEqual({ name: 'Bob', step: 1 });
    },
  );

  /** Makes a session look as if it had been given its id so long ago that it is to be renewed. */
  async function age(id: string): Promise<void> {
    const record = (await store.inner.load(storeKeyOf(id)))!;
    const issuedAt = Date.now() - RENEW_EVERY_MS;
    await store.inner.save({ ...record, issuedAt } as typeof record, record.revision);
  }
});
