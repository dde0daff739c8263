import { Controller, Get, Logger, Res, Sse } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { from, map, type Observable } from 'rxjs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Session } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp } from '../../support/app.js';
import { Barrier } from '../../support/barrier.js';
import { CountingStore } from '../../support/counting-store.js';
import { rawOf, type Reply } from '../../support/reply.js';

type Values = Session<{ n: number }>;

let afterClose = new Barrier<Values>();

function codeOf(doing: Promise<unknown>): Promise<string> {
  return doing.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
}

async function headOf(response: ServerResponse): Promise<void> {
  while (!response.headersSent) await nextTurn();
}

@Controller()
class LateController {
  @Get('seed')
  seed(@Session() session: Values) {
    session.set('n', 1);
  }

  @Get('n')
  async n(@Session() session: Values) {
    return { n: await session.get('n') };
  }

  @Get('save')
  async save(@Session() session: Values, @Res() reply: Reply) {
    const response = rawOf(reply);
    response.flushHeaders();
    session.set('n', 2);
    response.end(await codeOf(session.save()));
  }

  @Get('rotate')
  async rotate(@Session() session: Values, @Res() reply: Reply) {
    const response = rawOf(reply);
    response.flushHeaders();
    session.rotate();
    response.end(await codeOf(session.save()));
  }

  @Sse('events')
  events(
    @Session() session: Values,
    @Res({ passthrough: true }) reply: Reply,
  ): Observable<{ data: string }> {
    const changed = headOf(rawOf(reply)).then(() => session.update('n', (n = 0) => n + 1));
    return from(codeOf(changed)).pipe(map((data) => ({ data })));
  }

  @Get('after')
  after(@Session() session: Values, @Res() reply: Reply) {
    const response = rawOf(reply);
    response.once('close', () => afterClose.open(session));
    response.end('ok');
  }
}

describe.each(adapters)('A session first touched after the head, on %s', (_, makeAdapter) => {
  const store = new CountingStore();
  const logged: string[] = [];
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { controllers: [LateController], session: { store } });
    Logger.overrideLogger({ log() {}, warn() {}, error: (line: string) => void logged.push(line) });
  });
  beforeEach(() => {
    afterClose = new Barrier();
    logged.length = 0;
    store.after = () => undefined;
    store.takeCalls();
  });
  afterAll(async () => {
    Logger.overrideLogger(false);
    await host.close();
  });

  it('is refused to a new visitor, with nothing stored', async () => {
    const answer = await host.browser().get('/save');
    expect([answer.text, answer.setCookie]).toEqual(['SESSION_HEADERS_SENT', []]);
    expect(store.takeCalls()).toBe('');
  });

  it('is refused to the stream of events of a new visitor, with nothing stored', async () => {
    const answer = await host.browser().get('/events');
    expect(answer.text).toContain('SESSION_HEADERS_SENT');
    expect(store.takeCalls()).toBe('');
  });

  it('is refused a rotation, and the visitor keeps the old id', async () => {
    const browser = host.browser();
    await browser.get('/seed');
    expect((await browser.get('/rotate')).text).toBe('SESSION_HEADERS_SENT');
    expect((await browser.get('/n')).json()).toEqual({ n: 1 });
  });

  it('is saved after the response closed, where no cookie is needed', async () => {
    const browser = host.browser();
    await browser.get('/seed');
    await browser.get('/after');
    const saved = new Barrier();
    store.after = (operation) => void (operation === 'save' && saved.open());
    (await afterClose.reached).set('n', 7);
    await saved.reached;
    expect((await browser.get('/n')).json()).toEqual({ n: 7 });
    expect(logged).toEqual([]);
  });

  it('is logged after the response closed, where a cookie is needed', async () => {
    await host.browser().get('/after');
    const session = await afterClose.reached;
    session.set('n', 7);
    await nextTurn();
    await nextTurn();
    expect(logged).toEqual([expect.stringContaining('the response headers are out already')]);
    expect(store.takeCalls()).toBe('');
  });
});
