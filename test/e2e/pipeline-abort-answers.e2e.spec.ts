import {
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Redirect,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { get, type Server, type ServerResponse } from 'node:http';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { Barrier } from '../support/barrier.js';
import type { Browser } from '../support/browser.js';
import { CountingStore } from '../support/counting-store.js';
import { nestMajor } from '../support/nest-version.js';
import { rawOf, type Reply } from '../support/reply.js';

type Named = Session<{ half: string; rest: string }>;

/** Nest sends none of these to a client that left. */
const bodiesOfNest12: [name: string, path: string][] = [
  ['a web Response', 'response'],
  ['a ReadableStream', 'stream'],
  ['an async iterable', 'iterable'],
];

let isHalfDone = new Barrier();
let isReleased = new Barrier();

/** Changes the session before its client goes away, and after it. */
async function change(session: Named): Promise<void> {
  await session.load();
  session.set('half', 'done');
  isHalfDone.open();
  await isReleased.reached;
  session.set('rest', 'done');
}

async function* chunks(): AsyncGenerator<string> {
  yield await Promise.resolve('done');
}

@Controller()
class AnswersController {
  @Get('all')
  all(@Session() session: Named) {
    return session.all();
  }

  @Get('seed')
  seed(@Session() session: Named) {
    session.set('half', 'not done');
  }

  @Get('value')
  async value(@Session() session: Named) {
    await change(session);
    return { n: 1 };
  }

  @Get('nothing')
  async nothing(@Session() session: Named) {
    await change(session);
  }

  @Get('redirect')
  @Redirect('/all')
  async redirect(@Session() session: Named) {
    await change(session);
  }

  @Get('not-found')
  async notFound(@Session() session: Named) {
    await change(session);
    throw new NotFoundException();
  }

  @Get('send')
  async send(@Session() session: Named, @Res() reply: Reply) {
    await change(session);
    reply.send('done');
  }

  @Get('write')
  async write(@Session() session: Named, @Res() reply: Reply) {
    await change(session);
    rawOf(reply).writeHead(200).write('done');
  }

  @Get('file')
  async file(@Session() session: Named) {
    await change(session);
    return new StreamableFile(Readable.from(['do', 'ne']));
  }

  @Get('pipe')
  async pipe(@Session() session: Named, @Res() reply: Reply) {
    await change(session);
    Readable.from(['do', 'ne']).pipe(rawOf(reply));
  }

  @Get('pipeline')
  async pipeline(@Session() session: Named, @Res() reply: Reply) {
    await change(session);
    pipeline(Readable.from(['do', 'ne']), rawOf(reply), () => undefined);
  }

  @Get('silent-pipe')
  async silentPipe(@Session() session: Named, @Res() reply: Reply) {
    session.set('half', 'done');
    session.set('rest', 'done');
    await session.load();
    new PassThrough().pipe(rawOf(reply));
    isHalfDone.open();
  }

  @Get('response')
  async response(@Session() session: Named) {
    await change(session);
    return new Response('done');
  }

  @Get('stream')
  async stream(@Session() session: Named) {
    await change(session);
    return new Blob(['done']).stream();
  }

  @Get('iterable')
  async iterable(@Session() session: Named) {
    await change(session);
    return chunks();
  }

  @Get('throw')
  async throw(@Session() session: Named) {
    await change(session);
    throw new Error('broken');
  }

  @Get('code')
  @HttpCode(503)
  async code(@Session() session: Named) {
    await change(session);
  }

  @Get('end')
  async end(@Session() session: Named, @Res() reply: Reply) {
    await change(session);
    rawOf(reply).writeHead(502).end('bad gateway');
  }

  @Get('silence')
  async silence(@Session() session: Named, @Res() _reply: Reply) {
    await change(session);
  }
}

/** From version 24 on, Node's pipeline refuses a response that is closed: it is no answer then. */
const pipelines: [name: string, path: string][] =
  Number.parseInt(process.versions.node, 10) < 24 ? [['a pipeline', 'pipeline']] : [];

describe.each(adapters)('The answer to a disconnected client, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  let host: TestApp;
  let browser: Browser;
  let isSaved: Barrier;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { session: { store }, controllers: [AnswersController] });
  });
  beforeEach(async () => {
    store.after = () => undefined;
    browser = host.browser();
    await browser.get('/seed');
    store.takeCalls();
    [isHalfDone, isReleased, isSaved] = [new Barrier(), new Barrier(), new Barrier()];
    store.after = (operation) => {
      if (operation === 'save') isSaved.open();
    };
  });
  afterAll(() => host.close());

  it.each<[name: string, path: string]>([
    ['a value', 'value'],
    ['nothing', 'nothing'],
    ['a redirect', 'redirect'],
    ['404', 'not-found'],
    ['send()', 'send'],
    ['write()', 'write'],
    ['a StreamableFile', 'file'],
    ['a stream piped by hand', 'pipe'],
    ...pipelines,
    ['a stream that was piped before and is silent', 'silent-pipe'],
    ...(nestMajor < 12 ? [] : bodiesOfNest12),
  ])('stores all that its handler changed, in one commit: %s', async (_name, path) => {
    await leave(path);
    isReleased.open();
    await isSaved.reached;
    expect((await browser.get('/all')).json()).toEqual({ half: 'done', rest: 'done' });
    expect(store.takeCalls()).toBe('load save load');
  });

  it.each([
    ['a handler that throws', 'throw'],
    ['@HttpCode(503)', 'code'],
    ['a server error by hand', 'end'],
  ])('stores nothing where it is an error of the server: %s', async (_name, path) => {
    const { isEnded } = await leave(path);
    isReleased.open();
    await isEnded.reached;
    expect((await browser.get('/all')).json()).toEqual({ half: 'not done' });
    expect(store.takeCalls()).toBe('load load');
  });

  it('stores nothing while there is none', async () => {
    await leave('silence');
    expect((await browser.get('/all')).json()).toEqual({ half: 'not done' });
    isReleased.open();
    expect((await browser.get('/all')).json()).toEqual({ half: 'not done' });
    expect(store.takeCalls()).toBe('load load load');
  });

  /** Resolves when the handler has done the half of its work and knows that the client is gone. */
  async function leave(path: string): Promise<{ isEnded: Barrier }> {
    const [isGone, isEnded] = [new Barrier(), new Barrier()];
    const server = host.app.getHttpServer() as Server;
    prependOnce(server, (response) => {
      response.once('close', () => isGone.open());
      const end = response.end.bind(response);
      response.end = ((...args: Parameters<typeof end>) => {
        isEnded.open();
        return end(...args);
      }) as typeof end;
    });
    const asking = get(`${host.origin}/${path}`, {
      agent: false,
      headers: { cookie: browser.cookieHeader },
    });
    asking.on('error', () => undefined);
    await isHalfDone.reached;
    asking.destroy();
    await isGone.reached;
    return { isEnded };
  }
});

function prependOnce(server: Server, listener: (response: ServerResponse) => void): void {
  server.prependOnceListener('request', (_, response) => listener(response));
}
