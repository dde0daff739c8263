import type { Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import {
  openSession,
  type SessionEvent,
  SessionInterceptor,
  SessionListener,
  SessionModule,
} from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import { once } from 'node:events';
import { adapters } from '../support/adapters.js';
import { moduleOf, startApp, type TestApp, type TestAppSettings } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { Log } from '../support/log.js';
import {
  BareController,
  PlayerController,
  refusals,
  ScoreController,
  stage,
} from './microservice/handlers.controller.js';
import { HOST, listenToMessages, Messenger, sessionId } from './microservice/messages.js';

interface Sharing {
  readonly providers?: Provider[];
  readonly inheritAppConfig?: boolean;
}

const log = new Log();

describe.each(adapters)('A message handler of a hybrid application, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const events: SessionEvent[] = [];
  const named: unknown[] = [];
  let host: TestApp;
  let messages: Messenger;
  let browser: Browser;
  /** What a message says of its session. */
  let mine: { sessionId: string };

  beforeAll(async () => {
    ({ host, messages } = await startHybrid({
      store,
      listener: new Listener(events),
      messages: { sessionId: (context) => (named.push(context), sessionId(context)) },
    }));
  });
  beforeEach(async () => {
    store.before = store.after = () => undefined;
    browser = host.browser();
    mine = { sessionId: (await browser.get('/login')).text };
    store.takeCalls();
    events.length = named.length = 0;
  });
  afterAll(() => stop(host, messages));

  it('reads the session that the message identifies', async () => {
    expect(await messages.ask('name', mine)).toEqual(['Ada']);
    expect(await messages.ask('name-by-key', mine)).toEqual(['Ada']);
  });

  it('loads the session afresh for each message', async () => {
    await messages.ask('update', mine);
    await messages.ask('set', { ...mine, score: 7 });
    expect(await messages.ask('update', mine)).toEqual([8]);
  });

  it('is committed before its answer leaves', async () => {
    expect(await messages.ask('set', { ...mine, score: 99 })).toEqual(['set']);
    expect(store.takeCalls()).toBe('load save');
    expect(await all()).toEqual({ name: 'Ada', score: 99 });
  });

  it('is committed before each value of an Observable, even if that fails later', async () => {
    const saved = countdown(1);
    store.after = (operation) => void (operation === 'save' && saved.count());
    stage.between = () => saved.reached;
    expect(await messages.transcript('scores', mine)).toEqual([
      1,
      2,
      { error: 'SESSION_CONFLICT' },
    ]);
    expect(store.takeCalls()).toBe('load save save');
    expect(await all()).toEqual({ name: 'Ada', score: 2 });
  });

  it('is committed at the end of an Observable, if it changes anything after its last value', async () => {
    expect(await messages.ask('late-score', mine)).toEqual(['the last']);
    expect(await all()).toEqual({ name: 'Ada', score: 41 });
  });

  it('leaves nothing behind when it throws', async () => {
    await expect(messages.ask('set-and-throw', mine)).rejects.toBe('SESSION_CONFLICT');
    expect(await all()).toEqual({ name: 'Ada' });
  });

  it('of an event is committed, each of several', async () => {
    const saved = countdown(2);
    store.after = (operation) => void (operation === 'save' && saved.count());
    await messages.emit('scored', { ...mine, score: 3 });
    await saved.reached;
    expect(await all()).toEqual({ name: 'Ada', score: 3, rounds: 1 });
  });

  it('has a failed commit go to its filters, and no value out', async () => {
    failWrites();
    expect(await messages.transcript('set', { ...mine, score: 1 })).toEqual([
      { error: 'SESSION_STORE_UNAVAILABLE' },
    ]);
  });

  it('of an event has a failed commit go to its filters', async () => {
    failWrites();
    const refusal = once(refusals, 'refusal');
    await messages.emit('scored', { ...mine, score: 1 });
    expect(await refusal).toEqual(['SESSION_STORE_UNAVAILABLE']);
  });

  it('retries a commit whose error it caught only after another change', async () => {
    failWrites();
    expect(await messages.ask('save', { ...mine, score: 1 })).toEqual([
      'SESSION_STORE_UNAVAILABLE',
    ]);
    const again = messages.ask('caught-and-set', mine);
    await expect(again).rejects.toBe('SESSION_STORE_UNAVAILABLE');
  });

  it('shares one handle with the guards and parameters of its message', async () => {
    expect(await messages.ask('guarded', mine)).toEqual(['from a guard']);
    expect(store.takeCalls()).toBe('load save');
    expect(await all()).toEqual({ name: 'from a guard', score: 5 });
  });

  it('starts no session, and changes no id, since a message sets no cookie', async () => {
    expect(await messages.ask('name', {})).toEqual(['nobody']);
    expect(await messages.ask('save', { score: 1 })).toEqual(['SESSION_HEADERS_SENT']);
    expect(await messages.ask('rotate', mine)).toEqual(['SESSION_HEADERS_SENT']);
    expect(await all()).toEqual({ name: 'Ada' });
  });

  it.each([
    ['a number', () => 7],
    ['a list with an id', () => [mine.sessionId]],
    ['an object', () => ({ id: mine.sessionId })],
    ['null', () => null],
    ['an id that leads nowhere', () => `${'A'.repeat(42)}A`],
  ])('has no session where its message presents %s', async (_what, presented) => {
    expect(await messages.ask('name', { sessionId: presented() })).toEqual(['nobody']);
  });

  it('does not revive a session that ended in the meantime', async () => {
    await browser.get('/logout');
    expect(await messages.ask('save', { ...mine, score: 1 })).toEqual(['SESSION_HEADERS_SENT']);
    expect(await messages.ask('name', mine)).toEqual(['nobody']);
  });

  it('is named in no event, since there is no request', async () => {
    await browser.get('/logout');
    events.length = 0;
    await messages.ask('name', mine);
    expect(events.map(({ type, request }) => [type, request])).toEqual([['unknown-id', undefined]]);
  });

  it('costs nothing where it does not touch the session', async () => {
    expect(await messages.ask('untouched', mine)).toEqual(['nothing']);
    expect(store.takeCalls()).toBe('');
    expect(named).toEqual([]);
  });

  async function all(): Promise<unknown> {
    return (await browser.get('/all')).json();
  }

  function failWrites(): void {
    store.before = (operation) => {
      if (operation === 'save') throw new Error('connection refused');
    };
  }

  async function startHybrid(
    session: NonNullable<TestAppSettings['session']>,
    { providers = [], inheritAppConfig = false }: Sharing = {},
  ) {
    const started = await startApp(makeAdapter(), {
      session,
      controllers: [PlayerController, ScoreController, BareController],
      providers,
      prepare: (app) => listenToMessages(app, inheritAppConfig),
    });
    return { host: started, messages: new Messenger(started.app.getMicroservices()[0]!) };
  }

  describe('that has the interceptors and filters of the application', () => {
    let sharing: { host: TestApp; messages: Messenger };

    beforeAll(async () => {
      const everywhere = { provide: APP_INTERCEPTOR, useExisting: SessionInterceptor };
      sharing = await startHybrid(
        { store, messages: { sessionId } },
        { providers: [everywhere], inheritAppConfig: true },
      );
      sharing.host.app.useLogger(log);
    });
    afterAll(() => stop(sharing.host, sharing.messages));

    it('is committed by SessionInterceptor where only a guard has the session', async () => {
      expect(await sharing.messages.ask('guard-only', mine)).toEqual(['passed']);
      expect(await all()).toEqual({ name: 'from a guard' });
    });

    it('is committed once, though the interceptor is bound twice', async () => {
      await sharing.messages.ask('set', { ...mine, score: 4 });
      expect(store.takeCalls()).toBe('load save');
    });

    it('sends the kind of the error to the sender, and logs the rest', async () => {
      failWrites();
      log.takeLines();
      await expect(sharing.messages.ask('bare', mine)).rejects.toEqual({
        status: 'error',
        message: 'Service Unavailable',
      });
      expect(log.takeLines().join()).toMatch(/The session store did not answer/);
    });
  });

  describe('where no option says which session a message belongs to', () => {
    let silent: { host: TestApp; messages: Messenger };

    beforeAll(async () => {
      const everywhere = { provide: APP_INTERCEPTOR, useExisting: SessionInterceptor };
      silent = await startHybrid({ store }, { providers: [everywhere], inheritAppConfig: true });
      silent.host.app.useLogger(log);
    });
    afterAll(() => stop(silent.host, silent.messages));

    it('is refused, and the log names the option', async () => {
      log.takeLines();
      const refusal = { status: 'error', message: 'Internal Server Error' };
      await expect(silent.messages.ask('bare', mine)).rejects.toEqual(refusal);
      expect(log.takeLines().join()).toMatch(/messages: \{ sessionId: \(host\) =>/);
      await expect(silent.messages.ask('guarded', mine)).rejects.toBe('SESSION_NOT_AVAILABLE');
    });

    it('is left alone if it does not ask for one', async () => {
      expect(await silent.messages.ask('untouched', mine)).toEqual(['nothing']);
    });
  });
});

describe('A microservice without HTTP', () => {
  it('has the sessions of a store that it shares', async () => {
    const store = new MemorySessionStore();
    const session = openSession<{ name: string }>(store);
    session.set('name', 'Ada');
    await session.save();
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(
      moduleOf({
        imports: [SessionModule.forRoot({ store, messages: { sessionId } })],
        controllers: [ScoreController],
      }),
      { transport: Transport.TCP, options: { host: HOST, port: 0 }, logger: false },
    );
    await app.listen();
    const messages = new Messenger(app);
    expect(await messages.ask('set', { sessionId: session.id, score: 6 })).toEqual(['set']);
    expect(await openSession(store, session.id).all()).toEqual({
      name: 'Ada',
      score: 6,
    });
    messages.close();
    await app.close();
  });
});

class Listener extends SessionListener {
  constructor(private readonly events: SessionEvent[]) {
    super();
  }

  override onSessionEvent(event: SessionEvent): void {
    this.events.push(event);
  }
}

async function stop(host: TestApp, messages: Messenger): Promise<void> {
  messages.close();
  await host.close();
}

function countdown(left: number) {
  let reach: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { reached, count: () => void (--left === 0 && reach()) };
}
