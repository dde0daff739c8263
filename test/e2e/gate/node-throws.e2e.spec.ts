import { Controller, Get, Logger, Query, Res } from '@nestjs/common';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Session } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp } from '../../support/app.js';
import { CountingStore } from '../../support/counting-store.js';
import { rawOf, type Reply } from '../../support/reply.js';

type Values = Session<{ n: number }>;
type Step = (response: ServerResponse) => void;

/** Each throws on Node's own response. */
const wrong: Readonly<Record<string, Step>> = {
  'a number as the end': (response) => response.end(5),
  'a number as a chunk': (response) => response.write(5),
  'null as a chunk': (response) => response.write(null),
  'an impossible status': (response) => response.writeHead(42),
  'an impossible status that was set': (response) => {
    response.statusCode = 42;
    response.end('no');
  },
  'a second head': (response) => response.writeHead(200).writeHead(201),
  'a head with an odd list': (response) => response.writeHead(200, ['X-Odd']),
  'a header with a line break': (response) => response.writeHead(200, { 'X-Bad': 'a\nb' }),
};

const heads: Readonly<Record<string, Step>> = {
  undefined: (response) => response.writeHead(203, undefined, { 'X-Own': 'yes' }),
  null: (response) => response.writeHead(203, null as never, { 'X-Own': 'yes' }),
  'null alone': (response) => response.setHeader('X-Own', 'yes').writeHead(203, null as never),
  'a list value': (response) => response.writeHead(203, ['X-Own', ['yes']] as never),
  pairs: (response) => response.writeHead(203, [['X-Own', 'yes']] as never),
};

let calledBack: unknown[] = [];

@Controller()
class ThrowingController {
  @Get('caught')
  async caught(
    @Session() session: Values,
    @Res() reply: Reply,
    @Query() { step, work }: { step: string; work: string },
  ) {
    if (work === 'yes') session.set('n', 1);
    const response = rawOf(reply);
    try {
      wrong[step]?.(response);
    } catch (error) {
      response.statusCode = 200;
      return void response.end(`caught ${(error as { code: string }).code}`);
    }
    response.end('nothing was thrown');
  }

  @Get('head')
  head(@Session() session: Values, @Res() reply: Reply, @Query('step') step: string) {
    session.set('n', 1);
    const response = rawOf(reply);
    heads[step]?.(response);
    response.end('ok');
  }

  /** Node notices when it puts the head together. */
  @Get('trailer')
  trailer(@Session() session: Values, @Res() reply: Reply) {
    session.set('n', 1);
    rawOf(reply).setHeader('Trailer', 'X-Sum').setHeader('Content-Length', 2).end('ok');
  }

  /** Node notices when head and body are written. */
  @Get('strict')
  strict(@Session() session: Values, @Res() reply: Reply) {
    session.set('n', 1);
    const response = rawOf(reply);
    response.strictContentLength = true;
    response.setHeader('Content-Length', 3).end('more than three');
  }

  @Get('writes')
  async writes(@Session() session: Values, @Res() reply: Reply) {
    session.set('n', 1);
    const response = rawOf(reply);
    const drained = once(response, 'drain');
    response.write('a', (error) => calledBack.push(error));
    response.end('b', () => calledBack.push('end'));
    await drained;
    calledBack.push('drained');
  }

  @Get('kept')
  kept(@Session() session: Values, @Res({ passthrough: true }) reply: Reply) {
    session.set('n', 1);
    reply.header('X-Handler', 'yes').header('Strict-Transport-Security', 'max-age=0');
    return 'ok';
  }

  @Get('flags')
  flags(@Session() session: Values, @Res() reply: Reply) {
    session.set('n', 1);
    const response = rawOf(reply).end('ok');
    calledBack.push(response.writableEnded);
  }
}

function headersOf(headers: OutgoingHttpHeaders): unknown {
  return [headers['strict-transport-security'], headers['x-handler']];
}

describe.each(adapters)('The errors of Node for wrong calls, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const logged: string[] = [];
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), {
      controllers: [ThrowingController],
      session: { store },
      prepare: (app) =>
        void app.use((_request: unknown, response: ServerResponse, next: () => void) => {
          response.setHeader('Strict-Transport-Security', 'max-age=1');
          next();
        }),
    });
    Logger.overrideLogger({ log() {}, warn() {}, error: (line: string) => void logged.push(line) });
  });
  beforeEach(() => {
    calledBack = [];
    logged.length = 0;
    store.before = () => undefined;
  });
  afterAll(async () => {
    Logger.overrideLogger(false);
    await host.close();
  });

  describe.each(['yes', 'no'])('with session work: %s', (work) => {
    it.each(Object.keys(wrong))('%s throws at its line', async (step) => {
      const answer = await host.browser().get(`/caught?work=${work}&step=${encodeURI(step)}`);
      expect(answer.text).toMatch(/caught ERR_|^$/);
      expect(answer.status).toBe(200);
    });
  });

  it.each(Object.keys(heads))('a head with %s keeps its headers', async (step) => {
    const answer = await host.browser().get(`/head?step=${encodeURI(step)}`);
    expect([answer.status, answer.headers['x-own'], answer.text]).toEqual([203, 'yes', 'ok']);
  });

  it('a call that turns out wrong when it is made at last is a 500 and a line in the log', async () => {
    const answer = await host.browser().get('/trailer');
    expect([answer.status, answer.setCookie.length]).toEqual([500, 1]);
    expect(logged).toEqual([expect.stringContaining('Trailer')]);
  });

  it('one that turns out wrong when the head is out is a reset and a line in the log', async () => {
    await expect(host.browser().get('/strict')).rejects.toThrow('socket hang up');
    expect(logged).toEqual([expect.stringContaining('content-length')]);
  });

  it('a refusal calls back who waits', async () => {
    store.before = () => Promise.reject(new Error('down'));
    expect((await host.browser().get('/writes')).status).toBe(503);
    while (calledBack.length < 3) await nextTurn();
    expect(calledBack).toContain('drained');
    expect(calledBack).toContainEqual(
      expect.objectContaining({ code: 'SESSION_STORE_UNAVAILABLE' }),
    );
  });

  it('a refusal keeps the headers from before the handler, and drops its own', async () => {
    store.before = () => Promise.reject(new Error('down'));
    const { status, headers } = await host.browser().get('/kept');
    expect([status, headersOf(headers)]).toEqual([503, ['max-age=1', undefined]]);
  });

  it('a response that is held has not ended', async () => {
    await host.browser().get('/flags');
    expect(calledBack).toEqual([false]);
  });
});
