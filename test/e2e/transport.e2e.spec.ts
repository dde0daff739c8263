import { jest } from '@jest/globals';
import fastifyCompress from '@fastify/compress';
import {
  Controller,
  Get,
  type INestApplication,
  Redirect,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RequestHandler } from 'express';
import { Session, SessionMiddleware, Sessions } from 'nestjs-sessions';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { CountingStore } from '../support/counting-store.js';
import { rawOf, type Reply } from '../support/reply.js';
import { Http2Browser } from './transport/http2-browser.js';

type Counter = Session<{ visits: number }>;

const compression = createRequire(import.meta.url)('compression') as () => RequestHandler;
/** Long enough to be compressed. */
const TEXT = 'a line of text\n'.repeat(500);

@Controller()
class TransportController {
  @Get('count')
  async count(@Session() session: Counter) {
    return { visits: await session.update('visits', (n = 0) => n + 1) };
  }

  @Get('visits')
  visits(@Session('visits') visits: number | undefined) {
    return { visits };
  }

  @Get('text')
  text(@Session() session: Counter) {
    session.set('visits', 7);
    return TEXT;
  }

  @Get('file')
  file(@Session() session: Counter) {
    session.set('visits', 7);
    return new StreamableFile(Readable.from([TEXT]), { type: 'text/plain' });
  }

  @Get('write')
  write(@Session() session: Counter, @Res() reply: Reply) {
    session.set('visits', 7);
    const response = rawOf(reply).writeHead(200, { 'Content-Type': 'text/plain' });
    response.write(TEXT.slice(0, 100));
    response.end(TEXT.slice(100));
  }

  @Get('send')
  send(@Session() session: Counter, @Res() reply: Reply) {
    session.set('visits', 7);
    reply.header('content-type', 'text/plain').send(TEXT);
  }

  @Get('pipe')
  pipe(@Session() session: Counter, @Res() reply: Reply) {
    session.set('visits', 7);
    rawOf(reply).setHeader('Content-Type', 'text/plain');
    Readable.from([TEXT.slice(0, 100), TEXT.slice(100)]).pipe(rawOf(reply));
  }

  @Get('redirect')
  @Redirect('/visits')
  redirect(@Session() session: Counter) {
    session.set('visits', 7);
  }
}

const controllers = [TransportController];
const RAW = ['/write', '/pipe'];
const ANSWERS = ['/text', '/file', '/send', ...RAW];

describe.each(adapters)('Compression, on %s', (adapter, makeAdapter) => {
  const store = new CountingStore();
  // Slow enough that a stream has begun before the session is saved.
  store.before = () => delay(10);
  let host: TestApp;

  afterEach(() => host.close());

  async function compress(app: INestApplication): Promise<void> {
    if (adapter === 'Express') app.use(compression());
    else await (app as NestFastifyApplication).register(fastifyCompress as never);
  }

  /** The gate is made when the session is asked for, so it stands before or behind the compressor. */
  function askEarly(app: INestApplication): void {
    app.use(app.get(SessionMiddleware).use);
    app.use((request: IncomingMessage, _: ServerResponse, next: () => void) => {
      app.get(Sessions).of(request);
      next();
    });
  }

  it.each([
    ['before', [askEarly, compress]],
    ['after', [compress, askEarly]],
  ] as const)('keeps body and cookie where the session is asked for %s it', async (_, steps) => {
    host = await startApp(makeAdapter(), {
      controllers,
      session: { store },
      prepare: async (app) => {
        for (const step of steps) await step(app);
      },
    });
    for (const path of ANSWERS) {
      const answer = await fetch(`${host.origin}${path}`, {
        headers: { 'accept-encoding': 'gzip' },
      });
      // What Fastify's plugin does not get to see, it does not compress.
      const isSeen = adapter === 'Express' || !RAW.includes(path);
      expect(answer.headers.get('content-encoding')).toBe(isSeen ? 'gzip' : null);
      expect(await answer.text()).toBe(TEXT);
      const [cookie, ...others] = answer.headers.getSetCookie();
      expect(others).toEqual([]);
      const headers = { cookie: cookie!.split(';')[0]! };
      expect((await host.browser().get('/visits', { headers })).json()).toEqual({ visits: 7 });
    }
  });
});

describe.each(adapters)('One connection, on %s', (_, makeAdapter) => {
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { controllers });
  });
  afterAll(() => host.close());

  it('serves 20 requests, one after the other', async () => {
    let connections = 0;
    (host.app.getHttpServer() as Server).on('connection', () => connections++);
    const browser = host.browser();
    const counted: unknown[] = [];
    for (let n = 0; n < 20; n++) counted.push((await browser.get('/count')).json());
    expect(counted).toEqual(Array.from({ length: 20 }, (_, n) => ({ visits: n + 1 })));
    expect(connections).toBe(1);
  });

  it('serves pipelined requests, each with an answer of its own', async () => {
    const browser = host.browser();
    await browser.get('/count');
    const request = (path: string, connection: string) =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${browser.cookieHeader}\r\nConnection: ${connection}\r\n\r\n`;
    const socket = connect(Number(new URL(host.origin).port), '127.0.0.1');
    socket.write(request('/count', 'keep-alive').repeat(4) + request('/redirect', 'close'));
    const answers = (await socket.setEncoding('utf8').toArray()).join('');
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual([
      ...Array.from({ length: 4 }, () => 'HTTP/1.1 200'),
      'HTTP/1.1 302',
    ]);
    const counted = [...answers.matchAll(/"visits":(\d+)/g)].map(([, visits]) => Number(visits));
    expect(new Set(counted).size).toBe(4);
    expect((await browser.get('/visits')).json()).toEqual({ visits: expect.any(Number) as number });
  });
});

describe('HTTP/2, on Fastify', () => {
  const store = new CountingStore();
  let host: TestApp;
  let browser: Http2Browser;

  beforeAll(async () => {
    host = await startApp(new FastifyAdapter({ http2: true }), { controllers, session: { store } });
    browser = new Http2Browser(host.origin);
  });
  afterAll(async () => {
    await browser.close();
    await host.close();
  });

  it.each(ANSWERS)('%s commits and sets the cookie once', async (path) => {
    store.takeCalls();
    const { status, text, cookie } = await browser.get(path);
    expect({ status, text }).toEqual({ status: 200, text: TEXT });
    expect(store.takeCalls()).toBe('create');
    const { headers } = await browser.get('/redirect', cookie);
    expect(headers).toMatchObject({ ':status': 302, location: '/visits' });
    expect((await browser.get('/visits', cookie)).text).toBe('{"visits":7}');
  });

  // HTTP/2 has no reason phrase, and Node warns of a look at it.
  it('reads no reason phrase', async () => {
    const reason = jest.spyOn(Http2ServerResponse.prototype, 'statusMessage', 'get');
    for (const path of ANSWERS) await browser.get(path);
    expect(reason).not.toHaveBeenCalled();
    reason.mockRestore();
  });

  it('answers a failure of the store with a 503 and nothing else', async () => {
    store.before = (operation) => {
      if (operation === 'create') throw new Error('connection refused');
    };
    for (const path of ANSWERS) {
      const { status, text, cookie } = await browser.get(path);
      expect({ status, text, cookie }).toEqual({
        status: 503,
        text: '{"message":"Service Unavailable","statusCode":503}',
        cookie: undefined,
      });
    }
  });
});

describe('inject(), on Fastify', () => {
  it('commits and sets the cookie once', async () => {
    const store = new CountingStore();
    const host = await startApp(new FastifyAdapter(), { controllers, session: { store } });
    const app = host.app as NestFastifyApplication;
    for (const url of ANSWERS) {
      const { body, cookies } = await app.inject({ url });
      expect(body).toBe(TEXT);
      expect(store.takeCalls()).toBe('create');
      expect(cookies).toHaveLength(1);
      const cookie = `${cookies[0]!.name}=${cookies[0]!.value}`;
      const next = await app.inject({ url: '/visits', headers: { cookie } });
      expect(next.json()).toEqual({ visits: 7 });
      store.takeCalls();
    }
    await host.close();
  });
});
