import type { ServerResponse } from 'node:http';
import { Controller, Get, Logger, Res } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { adapters } from '../support/adapters.js';
import { startApp, type TestApp } from '../support/app.js';
import { CountingStore } from '../support/counting-store.js';

type Values = { early: number; late: number };

type AdapterResponse = ServerResponse | { readonly raw: ServerResponse };

/** Sends the headers, then changes the session; what is left to do is to end the response. */
async function changedLate(
  session: Session<Values>,
  response: AdapterResponse,
): Promise<ServerResponse> {
  const raw = 'raw' in response ? response.raw : response;
  await session.get('late');
  raw.flushHeaders();
  session.set('late', 1);
  return raw;
}

/** Sends its headers, and changes the session after that. */
@Controller()
class Stream {
  @Get('read')
  async read(@Session() session: Session<Values>) {
    return session.all();
  }

  @Get('early')
  early(@Session() session: Session<Values>) {
    session.set('early', 1);
    return 'done';
  }

  @Get('late')
  async late(@Session() session: Session<Values>, @Res() response: AdapterResponse) {
    const raw = await changedLate(session, response);
    raw.end('done');
  }

  @Get('late-save')
  async lateSave(@Session() session: Session<Values>, @Res() response: AdapterResponse) {
    const raw = await changedLate(session, response);
    const outcome = await session.save().then(
      () => 'saved',
      (error: { code: string }) => error.code,
    );
    raw.end(outcome);
  }
}

describe.each(adapters)('A change after the headers, on %s', (_, make) => {
  const store = new CountingStore();
  let app: TestApp;
  const logged: string[] = [];

  beforeAll(async () => {
    app = await startApp(make(), { controllers: [Stream], session: { store } });
    Logger.overrideLogger({ log() {}, warn() {}, error: (line: string) => void logged.push(line) });
  });
  afterAll(async () => {
    Logger.overrideLogger(false);
    await app.close();
  });
  beforeEach(() => {
    logged.length = 0;
    store.takeCalls();
  });

  it('is saved before the body ends if it needs no new cookie', async () => {
    const browser = app.browser();
    await browser.get('/early');
    const answer = await browser.get('/late');

    expect([answer.status, answer.text, answer.setCookie]).toEqual([200, 'done', []]);
    expect((await browser.get('/read')).json()).toEqual({ early: 1, late: 1 });
    expect(logged).toEqual([]);
  });

  it('of a new visitor stores nothing, and is logged', async () => {
    const answer = await app.browser().get('/late');

    expect([answer.status, answer.text, answer.setCookie]).toEqual([200, 'done', []]);
    expect(store.takeCalls()).toBe('');
    expect(logged).toEqual([expect.stringContaining('the response headers are out already')]);
  });

  it('of a new visitor is refused by an explicit save', async () => {
    const answer = await app.browser().get('/late-save');

    expect(answer.text).toBe('SESSION_HEADERS_SENT');
    expect(store.takeCalls()).toBe('');
  });
});
