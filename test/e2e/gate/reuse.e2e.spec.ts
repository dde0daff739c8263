import {
  Controller,
  Get,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Res,
} from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Session, Sessions } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp } from '../../support/app.js';
import { rawOf, type Reply } from '../../support/reply.js';

type Values = { n: number };

@Controller()
class ReuseController {
  constructor(private readonly sessions: Sessions) {}

  @Get('raw')
  raw(@Session() session: Session<Values>) {
    session.set('n', 1);
    return 'ok';
  }

  @Get('own-request')
  ownRequest(@Session() session: Session<Values>, @Res() reply: Reply) {
    session.set('n', 2);
    const response = rawOf(reply);
    const ownRequest = { headers: {}, res: response } as unknown as IncomingMessage;
    const isSame = this.sessions.of<Values>(ownRequest) === session;
    response.end(String(isSame));
  }
}

/** As body verifiers do, which keep what they checked the signature of. */
@Module({ controllers: [ReuseController] })
class RawBodyModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(
        (
          request: { raw?: unknown; headers: Record<string, string> },
          _: unknown,
          next: () => void,
        ) => {
          request.raw = request.headers['x-raw'] === 'text' ? 'text' : Buffer.from('bytes');
          next();
        },
      )
      .forRoutes('{*path}');
  }
}

describe.each(adapters)('One response, on %s', (_, makeAdapter) => {
  let host: TestApp;

  beforeAll(async () => {
    host = await startApp(makeAdapter(), { imports: [RawBodyModule] });
  });
  afterAll(() => host.close());

  it.each(['text', 'bytes'])(
    'is patched once where a middleware keeps %s in `raw`',
    async (kind) => {
      const answer = await host.browser().get('/raw', { headers: { 'x-raw': kind } });
      expect([answer.status, answer.text, answer.setCookie.length]).toEqual([200, 'ok', 1]);
    },
  );

  it('has one session, by whatever request it is asked for', async () => {
    const answer = await host.browser().get('/own-request');
    expect([answer.status, answer.text, answer.setCookie.length]).toEqual([200, 'true', 1]);
  });
});
