import { Controller, Get, Res, Sse } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { get, type Server } from 'node:http';
import { concat, NEVER, type Observable, of } from 'rxjs';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import type { Reply } from '../support/reply.js';

type Named = Session<{ by: string }>;

let isRunning = new Barrier();
let isReleased = new Barrier();

@Controller()
class SlowController {
  @Get('all')
  all(@Session() session: Named) {
    return session.all();
  }

  @Get('seed')
  seed(@Session() session: Named) {
    session.set('by', 'nobody');
  }

  @Get('observable')
  observable(@Session() session: Named): Observable<string> {
    session.set('by', 'an Observable');
    isRunning.open();
    return NEVER;
  }

  @Get('promise')
  async promise(@Session() session: Named) {
    isRunning.open();
    await isReleased.reached;
    session.set('by', 'a promise');
    return 'nobody reads this';
  }

  @Get('set')
  set(@Session() session: Named) {
    session.set('by', 'a handler that is done');
    return 'nobody reads this';
  }

  @Get('callback')
  callback(@Session() session: Named, @Res() reply: Reply): void {
    setImmediate(() => {
      session.set('by', 'a handler that answers later');
      isRunning.open();
    });
    void isReleased.reached.then(() => reply.send('nobody reads this'));
  }

  @Sse('sse')
  sse(): Observable<{ data: string }> {
    return concat(of({ data: 'first' }), NEVER);
  }

  @Sse('sse-writes')
  sseThatWrites(@Session() session: Named): Observable<{ data: string }> {
    session.set('by', 'a stream of events');
    return concat(of({ data: 'first' }), NEVER);
  }
}

describe.each(adapters)('A client that disconnects, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let browser: Browser;
  let isSaved: Barrier;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { session: { store }, controllers: [SlowController] });
  });
  beforeEach(async () => {
    browser = host.browser();
    store.before = () => undefined;
    await browser.get('/seed');
    store.takeCalls();
    isRunning = new Barrier();
    isReleased = new Barrier();
    isSaved = new Barrier();
    store.after = (operation) => {
      if (operation === 'save') isSaved.open();
    };
  });
  afterAll(() => host.close());

  it('stores no changes of an Observable that Nest then unsubscribes from', async () => {
    await leaveHandler('/observable');
    expect((await browser.get('/all')).json()).toEqual({ by: 'nobody' });
    expect(store.takeCalls()).toBe('load');
  });

  it('loses no change that an async handler makes afterwards', async () => {
    await leaveHandler('/promise');
    isReleased.open();
    await isSaved.reached;
    expect((await browser.get('/all')).json()).toEqual({ by: 'a promise' });
    expect(store.takeCalls()).toBe('load save load');
  });

  it('loses no change of a handler that answers later', async () => {
    await leaveHandler('/callback');
    isReleased.open();
    await isSaved.reached;
    expect((await browser.get('/all')).json()).toEqual({ by: 'a handler that answers later' });
  });

  it('does not lose or repeat a commit under way', async () => {
    const mayGoOn = await leaveDuringTheSave();
    mayGoOn.open();
    await isSaved.reached;
    expect((await browser.get('/all')).json()).toEqual({ by: 'a handler that is done' });
    expect(store.takeCalls()).toBe('load save load');
  });

  it('leaves a commit that then fails as one line in the log', async () => {
    const isLogged = loggedError();
    const mayGoOn = await leaveDuringTheSave(new Error('connection refused'));
    mayGoOn.open();
    expect(await isLogged).toContain('did not answer while saving');
    expect((await browser.get('/all')).json()).toEqual({ by: 'nobody' });
  });

  it('leaves a commit that fails without an answer as one line too, and nothing unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const isLogged = loggedError();
    store.before = (operation) => {
      if (operation === 'save') throw new Error('connection refused');
    };
    await leaveHandler('/promise');
    isReleased.open();
    expect(await isLogged).toContain('did not answer while saving');
    expect((await browser.get('/all')).json()).toEqual({ by: 'nobody' });
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
  });

  it('finds the session saved when it reads the first event of a stream', async () => {
    const asking = ask('/sse-writes');
    await new Promise((resolve) => asking.once('response', resolve));
    expect(store.takeCalls()).toBe('load save');
    asking.destroy();
    expect((await browser.get('/all')).json()).toEqual({ by: 'a stream of events' });
    expect(store.takeCalls()).toBe('load');
  });

  it('costs no store call when its stream of events never asked for the session', async () => {
    const asking = ask('/sse');
    await new Promise((resolve) => asking.once('response', resolve));
    asking.destroy();
    await browser.get('/all');
    expect(store.takeCalls()).toBe('load');
  });

  /** Resolves when the client is gone, and a save has yet to be made, or to fail. */
  async function leaveDuringTheSave(failure?: Error): Promise<Barrier> {
    const [isSaving, mayGoOn] = [new Barrier(), new Barrier()];
    store.before = async (operation) => {
      if (operation !== 'save') return;
      isSaving.open();
      await mayGoOn.reached;
      if (failure) throw failure;
    };
    await leave('/set', isSaving);
    return mayGoOn;
  }

  function leaveHandler(path: string): Promise<void> {
    return leave(path, isRunning);
  }

  /** Resolves when the server knows that the client is gone, which leaves at the barrier. */
  async function leave(path: string, at: Barrier): Promise<void> {
    const isGone = new Barrier();
    const server = host.app.getHttpServer() as Server;
    server.once('request', (_, response) => response.once('close', () => isGone.open()));
    const asking = ask(path);
    await at.reached;
    asking.destroy();
    await isGone.reached;
  }

  /** The next line of the log that tells of an error. */
  async function loggedError(): Promise<string> {
    const isLogged = new Barrier<string>();
    host.app.useLogger({ log() {}, warn() {}, error: isLogged.open });
    const line = await isLogged.reached;
    host.app.useLogger(false);
    return line;
  }

  function ask(path: string) {
    const asking = get(`${host.origin}${path}`, {
      agent: false,
      headers: { cookie: browser.cookieHeader },
    });
    asking.on('error', () => undefined);
    asking.on('response', (response) => response.on('error', () => undefined).resume());
    return asking;
  }
});
