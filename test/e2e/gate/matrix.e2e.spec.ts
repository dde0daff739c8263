import {
  All,
  Controller,
  Headers,
  type INestApplication,
  Optional,
  Req,
  Res,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import fastifyCompress from '@fastify/compress';
import expressSession from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import { createRequire } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import onHeaders from 'on-headers';
import { SessionModule, Sessions } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { moduleOf } from '../../support/app.js';
import { Barrier } from '../../support/barrier.js';
import { CountingStore } from '../../support/counting-store.js';
import type { Reply } from '../../support/reply.js';
import { answeringOf, values, ways } from './ways-of-answering.js';

type Prepare = (app: INestApplication, adapter: string) => unknown;
type Next = () => void;

type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;
const compression = createRequire(import.meta.url)('compression') as (
  options: object,
) => Middleware;

const silent = { write: () => undefined };

/** What else an application has in front of its responses. */
const companions: Readonly<Record<string, Prepare>> = {
  nothing: () => undefined,
  compression: (app, adapter) =>
    adapter === 'Express'
      ? app.use(compression({ threshold: 0 }))
      : (app as unknown as { register: (...plugin: unknown[]) => unknown }).register(
          fastifyCompress,
          { threshold: 0 },
        ),
  'helmet and morgan': (app) => app.use(helmet()).use(morgan('combined', { stream: silent })),
  'a head listener': (app) =>
    app.use((_: IncomingMessage, response: ServerResponse, next: Next) => {
      onHeaders(response, function (this: ServerResponse) {
        this.setHeader('X-Status', String(this.statusCode));
      });
      next();
    }),
  'express-session': (app, adapter) =>
    adapter === 'Express' &&
    app.use(expressSession({ secret: 'cats', resave: false, saveUninitialized: false })),
};

type Work = 'none' | 'read' | 'pending' | 'failing';

let events: string[] = [];
let closed = new Barrier();

@Controller()
class MatrixController {
  constructor(@Optional() private readonly sessions?: Sessions) {}

  @All('value')
  async value(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) reply: Reply,
    @Headers() { 'x-way': way = '', 'x-work': work = '' }: Record<string, string>,
  ) {
    answeringOf(reply, note);
    await this.#work(request, work);
    return values[way]?.();
  }

  @All('way')
  async way(
    @Req() request: IncomingMessage,
    @Res() reply: Reply,
    @Headers() { 'x-way': way = '', 'x-work': work = '' }: Record<string, string>,
  ) {
    const answering = answeringOf(reply, note);
    await this.#work(request, work);
    ways[way]?.(answering);
  }

  async #work(request: IncomingMessage, work: string): Promise<void> {
    if (!this.sessions || work === 'none') return;
    const session = this.sessions.of<{ n: number }>(request);
    await session.get('n');
    if (work !== 'read') session.set('n', 1);
  }
}

function note(event: string): void {
  events.push(event);
  if (event === 'close') closed.open();
}

async function start(
  adapter: AbstractHttpAdapter,
  name: string,
  prepare: Prepare,
  store?: CountingStore,
) {
  const imports = store ? [SessionModule.forRoot({ store })] : [];
  const app = await NestFactory.create(
    moduleOf({ imports, controllers: [MatrixController] }),
    adapter,
    {
      logger: false,
      abortOnError: false,
    },
  );
  await prepare(app, name);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** All that a client and the handler can tell, but for what a session adds. */
async function seen(app: INestApplication, path: string, way: string, work: Work, method = 'GET') {
  events = [];
  closed = new Barrier();
  const response = await fetch(`${(await app.getUrl()).replace('localhost', '127.0.0.1')}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'x-way': way, 'x-work': work, 'accept-encoding': 'gzip' },
  });
  const body = await response.text();
  await closed.reached;
  const headers: Record<string, string | undefined> = Object.fromEntries(response.headers);
  for (const name of ['date', 'set-cookie', 'cache-control', 'content-length'])
    delete headers[name];
  const vary = headers.vary
    ?.split(', ')
    .filter((token) => token !== 'Cookie')
    .join(', ');
  return {
    status: response.status,
    reason: response.statusText,
    headers: { ...headers, vary: vary || undefined } as typeof headers,
    length: response.headers.has('content-encoding') || response.headers.get('content-length'),
    body,
    events: events.toSorted(),
  };
}

const cells = [
  ...Object.keys(values).map((way) => ({ path: '/value', way, method: 'GET' })),
  ...Object.keys(ways).map((way) => ({ path: '/way', way, method: 'GET' })),
  { path: '/value', way: 'a text', method: 'HEAD' },
  { path: '/way', way: 'end()', method: 'HEAD' },
];

/** `on-headers` drops these headers, and express-session, which uses it, is off where `request.session` is ours. */
function cellsBeside(companion: string): typeof cells {
  if (companion !== 'express-session') return cells;
  return cells.filter(({ way }) => way !== 'writeHead() with undefined');
}

describe.each(adapters)('On %s', (adapter, makeAdapter) => {
  describe.each(Object.entries(companions))('beside %s', (companion, prepare) => {
    const store = new CountingStore();
    let bare: INestApplication;
    let app: INestApplication;

    beforeAll(async () => {
      bare = await start(makeAdapter(), adapter, prepare);
      app = await start(makeAdapter(), adapter, prepare, store);
    });
    beforeEach(() => {
      store.before = () => undefined;
    });
    afterAll(async () => {
      await bare.close();
      await app.close();
    });

    describe.each(['none', 'read', 'pending'] as const)('with session work: %s', (work) => {
      it.each(cellsBeside(companion))(
        '$method $way is answered as without sessions',
        async ({ path, way, method }) => {
          const expected = await seen(bare, path, way, 'none', method);
          expect(await seen(app, path, way, work, method)).toEqual(expected);
        },
      );
    });

    const answered = cells.filter(({ way }) => !/^an? [Ee]rror/.test(way) && way !== 'pipe()');
    it.each(answered)(
      '$method $way is a 503 where the commit fails',
      async ({ path, way, method }) => {
        store.before = () => Promise.reject(new Error('down'));
        const { status, body, headers } = await seen(app, path, way, 'failing', method);
        expect([status, headers['x-own'], headers['content-encoding']]).toEqual([
          503,
          undefined,
          undefined,
        ]);
        expect(body).toBe(
          method === 'HEAD' ? '' : '{"message":"Service Unavailable","statusCode":503}',
        );
      },
    );
  });
});
