import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { Session, Sessions } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Answer, Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { Log } from '../support/log.js';
import {
  BODY,
  script,
  SECRET,
  type Secretive,
  ways,
  WaysController,
} from './failures/ways.controller.js';

const UNAVAILABLE = {
  status: 503,
  text: '{"message":"Service Unavailable","statusCode":503}',
  headers: ['content-type: application/json; charset=utf-8'],
};
const CONFLICT = {
  ...UNAVAILABLE,
  status: 409,
  text: '{"message":"Conflict","statusCode":409}',
};
/** Whole lines, so that there is no room for an id or a value. */
const UNREACHABLE =
  /^error The session store did not answer while \w+\. The request was refused rather than served as if nothing had been stored\. \(Error: connection refused\) SessionModule$/;
const STUCK =
  /^error The session store did not answer while \w+\. The request was refused rather than served as if nothing had been stored\. \(Error: [\w ]+\) SessionModule$/;
const ENDED =
  /^debug This session was ended or got a new id from another request before this one could save; most often the visitor logged out or in, in another tab\. SessionModule$/;

/** Headers that say nothing about what the handler wanted to answer. */
const FRAMING = [
  'cache-control',
  'connection',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
  'vary',
  'x-powered-by',
];

@Injectable()
class ReadingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    return this.sessions.of<{ secret: string }>(context).has('secret');
  }
}

@Controller()
class HelpersController {
  @Get('seed')
  seed(@Session() session: Secretive) {
    session.set('secret', 'before');
  }

  @Get('secret')
  secret(@Session('secret') secret: string | undefined) {
    return { secret };
  }

  @Get('destroy')
  destroy(@Session() session: Secretive) {
    return session.destroy();
  }

  @Get('update')
  update(@Session() session: Secretive) {
    return session.update('secret', () => SECRET);
  }

  @Get('guarded')
  @UseGuards(ReadingGuard)
  guarded() {
    return BODY;
  }

  @Get('untouched')
  untouched(@Session() _session: Secretive) {
    return 'untouched';
  }
}

describe.each(adapters)('When the session fails, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const log = new Log();
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store, limits: { storeTimeout: '50ms' } },
      controllers: [WaysController, HelpersController],
      prepare: (app) => app.useLogger(log),
    });
  });
  beforeEach(() => {
    browser = host.browser();
    log.takeLines();
  });
  afterEach(() => {
    store.before = () => undefined;
    script.meanwhile = async () => {};
  });
  afterAll(() => host.close());

  describe.each(['create', 'load', 'save'] as const)('because the store cannot %s', (broken) => {
    it.each(ways)('answers %s with a 503 and nothing else', async (way) => {
      if (broken !== 'create') await browser.get('/seed');
      store.before = (operation) => {
        if (operation === broken) throw new Error('connection refused');
      };
      expect(told(await browser.get(`/${way}`))).toEqual(UNAVAILABLE);
      expect(log.takeLines()).toEqual([expect.stringMatching(UNREACHABLE)]);
    });
  });

  describe('because the store does not answer', () => {
    it.each(ways)('answers %s with a 503 and nothing else', async (way) => {
      await browser.get('/seed');
      store.before = () => new Promise(() => undefined);
      expect(told(await browser.get(`/${way}`))).toEqual(UNAVAILABLE);
      expect(log.takeLines()).toEqual([expect.stringMatching(STUCK)]);
    });
  });

  describe('because it ended in the meantime', () => {
    it.each(ways)('answers %s with a 409 and nothing else', async (way) => {
      await browser.get('/seed');
      const isRunning = new Barrier();
      const isEnded = new Barrier();
      script.meanwhile = async (session) => {
        await session.load();
        isRunning.open();
        await isEnded.reached;
      };
      const other = browser.clone();
      const answering = browser.get(`/${way}`);
      await isRunning.reached;
      await other.get('/destroy');
      isEnded.open();
      expect(told(await answering)).toEqual(CONFLICT);
      expect(log.takeLines()).toEqual([expect.stringMatching(ENDED)]);
      expect((await browser.get('/secret')).json()).toEqual({});
    });
  });

  describe('because the store is down', () => {
    beforeEach(async () => {
      await browser.get('/seed');
      store.takeCalls();
      store.before = () => Promise.reject(new Error('connection refused'));
    });

    it.each(['/guarded', '/secret', '/update', '/destroy'])(
      'answers %s, which waits for it, with a 503',
      async (path) => {
        expect(told(await browser.get(path))).toEqual(UNAVAILABLE);
        expect(log.takeLines()).toEqual([expect.stringMatching(UNREACHABLE)]);
      },
    );

    it('still serves a route that does not use the session', async () => {
      expect(await browser.get('/untouched')).toMatchObject({ status: 200, text: 'untouched' });
      expect(store.takeCalls()).toBe('');
      expect(log.takeLines()).toEqual([]);
    });

    it('has the session again when the store is back', async () => {
      await browser.get('/return');
      store.before = () => undefined;
      expect((await browser.get('/secret')).json()).toEqual({ secret: 'before' });
    });
  });
});

/** All that an answer tells, the application's own cookies and headers included. */
function told({ status, headers, text }: Answer) {
  const telling = Object.entries(headers).filter(([name]) => !FRAMING.includes(name));
  return { status, text, headers: telling.map(([name, value]) => `${name}: ${String(value)}`) };
}
