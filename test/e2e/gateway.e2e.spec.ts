import { Controller, Get, UseFilters } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  BaseWsExceptionFilter,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { Session, SessionError } from 'nestjs-sessions';
import { io, type Socket } from 'socket.io-client';
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

@WebSocketGateway({ transports: ['websocket'] })
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
  const sockets: Socket[] = [];
  let host: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      session: { store },
      controllers: [PlayerController],
      providers: [GameGateway],
      prepare: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
    });
  });
  beforeEach(() => {
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

  it('writes nothing of what is not saved', async () => {
    await browser.get('/login');
    store.takeCalls();
    expect(await ask(connect(), 'set')).toBe('set');
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada' });
    expect(store.takeCalls()).toBe('load');
  });

  it('refuses to begin a session, since no cookie can be set', async () => {
    store.takeCalls();
    expect(await ask(connect(), 'save', 7)).toBe('SESSION_HEADERS_SENT');
    expect(store.takeCalls()).toBe('');
  });

  it('refuses to rotate a session, which stays as it was', async () => {
    await browser.get('/login');
    expect(await ask(connect(), 'rotate')).toBe('SESSION_HEADERS_SENT');
    expect((await browser.get('/all')).json()).toEqual({ name: 'Ada' });
  });

  it('does not bring a session back that ended meanwhile', async () => {
    await browser.get('/login');
    const socket = connect();
    expect(await ask(socket, 'name')).toBe('Ada');
    await browser.get('/logout');
    expect(await ask(socket, 'save', 7)).toBe('SESSION_HEADERS_SENT');
    expect(await ask(socket, 'name')).toBe('nobody');
  });

  it('tells the client nothing of an error that nobody caught', async () => {
    const socket = connect();
    const failed = new Promise((resolve) => socket.once('exception', resolve));
    socket.emit('fail');
    expect(JSON.stringify(await failed)).not.toMatch(/SESSION|cookie|headers/);
  });

  function connect(): Socket {
    const socket = io(host.origin, {
      forceNew: true,
      transports: ['websocket'],
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
});
