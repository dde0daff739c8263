import { Controller, Get, type INestApplication } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Session, SessionMiddleware } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { CountingStore } from '../support/counting-store.js';
import { Log } from '../support/log.js';
import { EverywhereModule, handles, Visits } from './reach/everywhere.module.js';

/** Where a request comes by, in its order. */
const PLACES = [
  'app.use()',
  'middleware',
  'guard',
  'interceptor, before',
  'pipe',
  'handler',
  'request',
  'request-scoped provider',
  'interceptor, after',
];

describe.each(adapters)('The session of a request, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const log = new Log();
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      imports: [EverywhereModule],
      prepare: (app) => {
        app.useLogger(log);
        useEarly(app);
      },
    });
  });
  beforeEach(() => {
    handles.length = 0;
    store.takeCalls();
    log.takeLines();
  });
  afterAll(() => host.close());

  it('is written from everywhere, and once more where an outer interceptor writes', async () => {
    const browser = host.browser();
    const { setCookie } = await browser.get('/everywhere');
    expect(setCookie).toHaveLength(1);
    expect(store.takeCalls()).toBe('create save');
    const all = (await browser.get('/all')).json();
    expect(all).toEqual(Object.fromEntries(PLACES.map((place) => [place, true])));
  });

  it('is the same object for every caller', async () => {
    await host.browser().get('/everywhere');
    expect(handles.map(({ place }) => place)).toEqual(PLACES);
    expect(new Set(handles.map(({ session }) => session)).size).toBe(1);
  });

  it('is another in another request', async () => {
    const browser = host.browser();
    await browser.get('/everywhere');
    await browser.get('/everywhere');
    expect(new Set(handles.map(({ session }) => session)).size).toBe(2);
  });

  it('is within reach of an exception filter', async () => {
    const browser = host.browser();
    expect(await browser.get('/caught')).toMatchObject({ status: 418, text: 'caught' });
    expect(new Set(handles.map(({ session }) => session)).size).toBe(1);
    expect((await browser.get('/all')).json()).toMatchObject({ middleware: true, filter: true });
  });

  it('is not at request.session, which is the application’s', async () => {
    expect((await host.browser().get('/property')).json()).toEqual({ isThere: false });
  });

  describe('@Session(key, ...pipes)', () => {
    it('hands the value to the pipes', async () => {
      const browser = host.browser();
      await browser.get('/set');
      expect((await browser.get('/value')).json()).toEqual({ page: 7 });
    });

    it('hands them undefined for an absent key', async () => {
      expect((await host.browser().get('/value')).json()).toEqual({ page: 1 });
    });

    it('lets a pipe refuse the value', async () => {
      const browser = host.browser();
      await browser.get('/set-text');
      expect((await browser.get('/value')).status).toBe(400);
    });
  });

  describe('@SkipSession()', () => {
    it.each(['/skipped/decorator', '/skipped/value', '/skipped/guard'])(
      'makes %s, which asks for it, a mistake that is answered with a 500 and logged',
      async (path) => {
        const { status, text, setCookie } = await host.browser().get(path);
        expect({ status, text, setCookie }).toEqual({
          status: 500,
          text: '{"message":"Internal Server Error","statusCode":500}',
          setCookie: [],
        });
        expect(log.takeLines()).toEqual([
          'error This request has no session. Import `SessionModule.forRoot()` in the root module, or remove `@SkipSession()` from this route. SessionModule',
        ]);
        expect(store.takeCalls()).toBe('');
      },
    );

    it('does not affect a route that does not use its session', async () => {
      expect(await host.browser().get('/skipped/nothing')).toMatchObject({
        status: 200,
        text: 'ok',
      });
      expect(log.takeLines()).toEqual([]);
    });
  });
});

@Controller()
class PrefixedController {
  @Get('write')
  write(@Session() session: Session<{ at: string }>) {
    session.set('at', 'prefixed');
  }

  @Get('health')
  health(@Session('at') at: string | undefined) {
    return { at };
  }
}

describe.each(adapters)('With a global prefix, on %s', (_, makeAdapter) => {
  it('routes below it and routes that are excluded share a session', async () => {
    const host = await startApp(makeAdapter(), {
      controllers: [PrefixedController],
      prepare: (app) => void app.setGlobalPrefix('api', { exclude: ['health'] }),
    });
    const browser = host.browser();
    expect((await browser.get('/api/write')).setCookie).toHaveLength(1);
    expect((await browser.get('/health')).json()).toEqual({ at: 'prefixed' });
    await host.close();
  });
});

/** What is outside of Nest runs before it, and so asks for the session's own middleware first. */
function useEarly(app: INestApplication): void {
  app.use(app.get(SessionMiddleware).use);
  app.use((request: IncomingMessage, _: ServerResponse, next: () => void) => {
    if (request.url === '/everywhere') app.get(Visits).note('app.use()', request);
    next();
  });
}
