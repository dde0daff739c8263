import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  BaseWsExceptionFilter,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  Session,
  SessionError,
  type SessionEvent,
  SessionListener,
  Sessions,
} from 'nestjs-sessions';
import { concat, defer, EMPTY, from, map, of, throwError } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import type { Socket as Client } from 'socket.io';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';

type Player = Session<{ name: string; score: number }>;

@Controller()
class PlayerController {
  @Get('login')
  login(@Session() session: Player) {
    session.set('name', 'Ada');
  }

  @Get('all')
  all(@Session() session: Player) {
    return session.all();
  }

  @Get('logout')
  logout(@Session() session: Player) {
    return session.destroy();
  }
}

@Injectable()
class BonusGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<{ name: string }>(context).set('name', 'from a guard');
    return true;
  }
}

@Catch(SessionError)
class CodeFilter {
  catch({ code }: SessionError, host: ArgumentsHost): void {
    host.switchToWs().getClient<Client>().emit('refused', code);
  }
}

@WebSocketGateway({ transports: ['websocket', 'polling'] })
@UseFilters(CodeFilter)
class GameGateway {
  @SubscribeMessage('name')
  async name(@Session() session: Player) {
    return (await session.get('name')) ?? 'nobody';
  }

  @SubscribeMessage('name-by-key')
  nameByKey(@Session('name') name = 'nobody') {
    return name;
  }

  @SubscribeMessage('save')
  save(@Session() session: Player, @MessageBody() score: number) {
    session.set('score', score);
    return outcomeOf(session.save());
  }

  @SubscribeMessage('update')
  update(@Session() session: Player) {
    return session.update('score', (score = 0) => score + 1);
  }

  @SubscribeMessage('set')
  set(@Session() session: Player) {
    session.set('score', 99);
    return 'set';
  }

  @SubscribeMessage('set-and-throw')
  setAndThrow(@Session() session: Player) {
    session.set('score', 99);
    throw new SessionError('SESSION_CONFLICT', 'broken');
  }

  @SubscribeMessage('scores')
  scores(@Session() session: Player) {
    const scores = from([1, 2]).pipe(map((score) => this.#scored(session, score)));
    return concat(
      scores,
      throwError(() => new SessionError('SESSION_CONFLICT', 'broken')),
    );
  }

  @SubscribeMessage('late-score')
  lateScore(@Session() session: Player) {
    return concat(
      of({ event: 'scored', data: 'the last' }),
      defer(() => {
        session.set('score', 41);
        return EMPTY;
      }),
    );
  }

  @UseGuards(BonusGuard)
  @SubscribeMessage('guarded')
  async guarded(@Session() session: Player, @ConnectedSocket() _client: Client) {
    return session.get('name');
  }

  @SubscribeMessage('caught-and-set')
  async caughtAndSet(@Session() session: Player) {
    session.set('score', 1);
    await outcomeOf(session.save());
    session.set('score', 2);
    return 'set';
  }

  #scored(session: Player, score: number) {
    session.set('score', score);
    return { event: 'scored', data: score };
  }

  @SubscribeMessage('rotate')
  rotate(@Session() session: Player) {
    session.rotate();
    return outcomeOf(session.save());
  }

  @UseFilters(BaseWsExceptionFilter)
  @SubscribeMessage('fail')
  fail(@Session() session: Player) {
    session.set('score', 1);
    return session.save();
  }
}

async function outcomeOf(saving: Promise<void>): Promise<string> {
  try {
    await saving;
    return 'saved';
  } catch (error) {
    return error instanceof SessionError ? error.code : 'another error';
  }
}

describe.each(adapters)('A gateway of socket.io, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const events: SessionEvent[] = [];
  const sockets: Socket[] = [];
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store, listener: new Listener(events) },
      controllers: [PlayerController],
      providers: [GameGateway],
      prepare: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
    });
  });
  beforeEach(() => {
    store.before = store.after = () => undefined;
    browser = host.browser();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(() => host.close());

  it('reads the session of the handshake', async () => {
    await browser.get('/login');
    const socket = connect();
    expect(await ask(socket, 'name')).toBe('Ada');
    expect(await ask(socket, 'name-by-key')).toBe('Ada');
  });

  it('loads the session afresh for each message', async () => {
    await browser.get('/login');
    const socket = connect();
    await ask(socket, 'update');
    await ask(connect(), 'save', 7);
    expect(await ask(socket, 'update')).toBe(8);
  });

  it('writes by save() and update(), and the next request reads it', async () => {
    await browser.get('/login');
    const socket = connect();
    expect(await ask(socket, 'save', 7)).toBe('saved');
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada', score: 7 });
    expect(await ask(socket, 'update')).toBe(8);
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada', score: 8 });
  });

  it('commits the changes of a handler before its answer', async () => {
    await browser.get('/login');
    store.takeCalls();
    expect(await ask(connect(), 'set')).toBe('set');
    expect(store.takeCalls()).toBe('load save');
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada', score: 99 });
  });

  it('commits before each value of an Observable, even if that fails later', async () => {
    await browser.get('/login');
    const socket = connect();
    const [scores, refused] = [heard(socket, 'scored', 2), heard(socket, 'refused', 1)];
    socket.emit('scores');
    expect(await scores).toEqual([1, 2]);
    expect(await refused).toEqual(['SESSION_CONFLICT']);
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada', score: 2 });
  });

  it('commits changes that a handler makes after its last value', async () => {
    await browser.get('/login');
    const socket = connect();
    const isSaved = new Promise<void>((resolve) => {
      store.after = (operation) => void (operation === 'save' && resolve());
    });
    socket.emit('late-score');
    await isSaved;
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada', score: 41 });
  });

  it('writes nothing of a handler that throws', async () => {
    await browser.get('/login');
    const socket = connect();
    const refused = heard(socket, 'refused', 1);
    socket.emit('set-and-throw');
    expect(await refused).toEqual(['SESSION_CONFLICT']);
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada' });
  });

  it('passes a failed commit to its filters, and sends no answer', async () => {
    await browser.get('/login');
    const socket = connect();
    const refused = heard(socket, 'refused', 1);
    store.before = (operation) => {
      if (operation === 'save') throw new Error('connection refused');
    };
    let isAnswered = false;
    socket.emit('set', undefined, () => (isAnswered = true));
    expect(await refused).toEqual(['SESSION_STORE_UNAVAILABLE']);
    store.before = () => undefined;
    expect(await ask(socket, 'name')).toBe('Ada');
    expect(isAnswered).toBe(false);
  });

  it('retries a commit whose error its handler caught only after another change', async () => {
    const socket = connect();
    expect(await ask(socket, 'save', 7)).toBe('SESSION_HEADERS_SENT');
    const refused = heard(socket, 'refused', 1);
    socket.emit('caught-and-set');
    expect(await refused).toEqual(['SESSION_HEADERS_SENT']);
  });

  it('gives the guard and the handler of a message one handle', async () => {
    await browser.get('/login');
    store.takeCalls();
    expect(await ask(connect(), 'guarded')).toBe('from a guard');
    expect(store.takeCalls()).toBe('load save');
    expect((await browser.get('/all')).json()).toEqual({ name: 'from a guard' });
  });

  it('gives each message a handle of its own where the handshake was an ordinary request', async () => {
    await browser.get('/login');
    const socket = connect('polling');
    expect(await ask(socket, 'name')).toBe('Ada');
    await browser.get('/logout');
    expect(await ask(socket, 'name')).toBe('nobody');
  });

  it('emits events with the request of the handshake', async () => {
    await browser.get('/login');
    const socket = connect();
    expect(await ask(socket, 'name')).toBe('Ada');
    await browser.get('/logout');
    events.length = 0;
    await ask(socket, 'name');
    expect(events.map(({ type, request }) => [type, requestUrl(request)])).toEqual([
      ['unknown-id', expect.stringMatching(/^\/socket\.io\//)],
    ]);
  });

  it('refuses to start a session, since no cookie can be set', async () => {
    store.takeCalls();
    expect(await ask(connect(), 'save', 7)).toBe('SESSION_HEADERS_SENT');
    expect(store.takeCalls()).toBe('');
  });

  it('refuses to rotate a session, which stays as it was', async () => {
    await browser.get('/login');
    expect(await ask(connect(), 'rotate')).toBe('SESSION_HEADERS_SENT');
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada' });
  });

  it('does not revive a session that ended in the meantime', async () => {
    await browser.get('/login');
    const socket = connect();
    expect(await ask(socket, 'name')).toBe('Ada');
    await browser.get('/logout');
    expect(await ask(socket, 'save', 7)).toBe('SESSION_HEADERS_SENT');
    expect(await ask(socket, 'name')).toBe('nobody');
  });

  it('reveals nothing of an uncaught error to the client', async () => {
    const socket = connect();
    const failed = new Promise((resolve) => socket.once('exception', resolve));
    socket.emit('fail');
    expect(JSON.stringify(await failed)).not.toMatch(/SESSION|cookie|headers/);
  });

  function connect(transport = 'websocket'): Socket {
    const socket = io(host.origin, {
      forceNew: true,
      transports: [transport],
      extraHeaders: { cookie: browser.cookieHeader },
    });
    sockets.push(socket);
    return socket;
  }

  function ask(socket: Socket, message: string, body?: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      socket.emit(message, body, resolve);
    });
  }

  /** The first values that come under a name. */
  function heard(socket: Socket, event: string, count: number): Promise<unknown[]> {
    const values: unknown[] = [];
    return new Promise((resolve) => {
      socket.on(event, (value) => {
        if (values.push(value) === count) resolve(values);
      });
    });
  }
});

class Listener extends SessionListener {
  constructor(private readonly events: SessionEvent[]) {
    super();
  }

  override onSessionEvent(event: SessionEvent): void {
    this.events.push(event);
  }
}

function requestUrl(request: object | undefined): unknown {
  return request && 'url' in request ? request.url : undefined;
}
