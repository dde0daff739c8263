import type { INestApplication } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionInterceptor } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { Log } from '../support/log.js';
import {
  BODY,
  HandlersController,
  noticed,
  NoticingInterceptor,
  stage,
} from './interceptor/handlers.controller.js';

const UNAVAILABLE = { status: 503, text: '{"message":"Service Unavailable","statusCode":503}' };

describe.each(adapters)('The commit of a handler, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const log = new Log();
  /** Whether Node's `end` had been called when the call of whoever answered came back. */
  const wasAtOnce: boolean[] = [];
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      controllers: [HandlersController],
      providers: [{ provide: APP_INTERCEPTOR, useValue: NoticingInterceptor }],
      prepare: (app) => {
        app.useLogger(log);
        app.use(setHeaders);
        watchEnds(app, wasAtOnce);
      },
    });
  });
  beforeEach(() => {
    [stage.hasFailed, stage.hasWritten] = [new Barrier(), new Barrier()];
    stage.isRaced = false;
    store.before = () => undefined;
    browser = host.browser();
    for (const list of [noticed, wasAtOnce]) list.length = 0;
    store.takeCalls();
    log.takeLines();
  });
  afterAll(() => host.close());

  it('is complete before its value is passed on, so that the response does not wait', async () => {
    expect(await browser.get('/value')).toMatchObject({ status: 200, text: BODY });
    expect(store.takeCalls()).toBe('create');
    expect(wasAtOnce).toEqual([true]);
  });

  it('happens once if two parameters inject the session', async () => {
    expect(await browser.get('/two-parameters')).toMatchObject({ status: 200 });
    expect(store.takeCalls()).toBe('create');
    expect(
      Reflect.getMetadata('__interceptors__', HandlersController.prototype.twoParameters),
    ).toHaveLength(1);
  });

  it('does not happen before the last value of an Observable', async () => {
    expect(await browser.get('/half')).toMatchObject({ status: 500 });
    expect(store.takeCalls()).toBe('');
  });

  it('of one that answers by itself waits for its answer', async () => {
    expect(await browser.get('/answers-later')).toMatchObject({ status: 200, text: BODY });
    expect(store.takeCalls()).toBe('create');
    expect((await browser.get('/all')).json()).toEqual({ by: 'answers-later', other: 'later' });
  });

  describe('that fails', () => {
    beforeEach(() => {
      store.before = fail;
    });

    it('reaches the interceptors around it', async () => {
      expect(await browser.get('/value')).toMatchObject(UNAVAILABLE);
      expect(noticed).toEqual(['SESSION_STORE_UNAVAILABLE']);
      expect(log.takeLines()).toEqual([expect.stringMatching(/^error The session store did not/)]);
    });

    it('is answered by the filter of the application', async () => {
      const { status, text, headers } = await browser.get('/filtered');
      expect({ status, text }).toEqual({
        status: 418,
        text: 'filtered: SESSION_STORE_UNAVAILABLE',
      });
      expect(headers['cache-control']).toBe('no-store');
      expect(log.takeLines()).toEqual([]);
    });

    it.each(['/value', '/filtered'])(
      'leaves %s what middleware set, CORS, and no header of the handler',
      async (path) => {
        const { headers, setCookie } = await browser.get(path);
        expect(headers).toMatchObject({
          'x-middleware': 'kept',
          'access-control-allow-origin': 'https://other.example',
        });
        expect(Object.keys(headers).filter((name) => /^x-(own|raw|reply)/.test(name))).toEqual([]);
        expect(setCookie.filter((line) => !line.startsWith('middleware='))).toEqual([]);
      },
    );

    it('drops what its handler writes in the meantime', async () => {
      store.before = () => stage.hasWritten.reached.then(fail);
      expect(await answerOf('/raw/meanwhile')).toEqual(FILTERED);
    });

    it('drops what its handler writes afterwards', async () => {
      stage.isRaced = true;
      expect(await answerOf('/raw/afterwards')).toEqual(FILTERED);
    });

    it('drops what its handler pipes', async () => {
      store.before = () => new Promise(setImmediate).then(fail);
      expect(await answerOf('/piped')).toEqual(FILTERED);
    });

    it('lets nothing out that is written meanwhile past the decorators of Nest', async () => {
      store.before = () => stage.hasWritten.reached.then(fail);
      expect(await browser.get('/own-parameter')).toMatchObject({
        status: 418,
        text: 'filtered: SESSION_STORE_UNAVAILABLE',
      });
    });

    it('leaves the session to a filter that writes something else', async () => {
      store.before = (operation) => {
        if (operation === 'load') store.before = () => undefined;
        return fail();
      };
      expect(await browser.get('/saved-by-filter')).toMatchObject({ status: 418 });
      expect((await browser.get('/all')).json()).toEqual({ by: 'a filter' });
    });

    it('is not retried', async () => {
      await browser.get('/value');
      expect(store.takeCalls()).toBe('create load');
    });

    it('of a handler that answers itself is answered as the response leaves', async () => {
      expect(await browser.get('/answers-itself')).toMatchObject(UNAVAILABLE);
      expect(noticed).toEqual([]);
    });

    it('is thrown where a handler binds the interceptor itself', async () => {
      expect(await browser.get('/bound')).toMatchObject({ status: 418 });
      expect(noticed).toEqual(['SESSION_STORE_UNAVAILABLE']);
    });
  });

  async function answerOf(path: string) {
    const { status, text, headers } = await browser.get(path);
    return { status, text, hasOwn: 'x-own' in headers || 'x-raw' in headers };
  }
});

const FILTERED = { status: 200, text: 'filtered, and well', hasOwn: false };

describe.each(adapters)('SessionInterceptor for all handlers, on %s', (_, makeAdapter) => {
  it('commits once, also where it is bound again', async () => {
    const store = new CountingStore();
    const host = await startApp(makeAdapter(), {
      session: { store },
      controllers: [HandlersController],
      providers: [{ provide: APP_INTERCEPTOR, useExisting: SessionInterceptor }],
    });
    for (const path of ['/value', '/bound', '/two-parameters']) {
      const browser = host.browser();
      expect((await browser.get(path)).setCookie.at(-1)).toMatch(/^__Host-sid=/);
      expect(store.takeCalls().split(' ').at(-1)).toBe('create');
      expect((await browser.get('/all')).json()).toEqual({ by: path.slice(1) });
      store.takeCalls();
    }
    await host.close();
  });
});

function fail(): Promise<never> {
  return Promise.reject(new Error('connection refused'));
}

function setHeaders(_: IncomingMessage, response: ServerResponse, next: () => void): void {
  response.setHeader('X-Middleware', 'kept');
  response.setHeader('Set-Cookie', 'middleware=1');
  next();
}

/** Notes of each response whether the innermost `end` is called within the outermost. */
function watchEnds(app: INestApplication, wasAtOnce: boolean[]): void {
  let isCalled = false;
  const server = app.getHttpServer() as { prependListener(name: string, listener: unknown): void };
  app.use((_: IncomingMessage, response: ServerResponse, next: () => void) => {
    const end = response.end.bind(response);
    response.end = ((...args: Parameters<typeof end>) => {
      isCalled = false;
      const answer = end(...args);
      wasAtOnce.push(isCalled);
      return answer;
    }) as typeof end;
    next();
  });
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    const end = response.end.bind(response);
    response.end = ((...args: Parameters<typeof end>) => {
      isCalled = true;
      return end(...args);
    }) as typeof end;
  });
}
