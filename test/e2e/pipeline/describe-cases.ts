import {
  Controller,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Session, Sessions } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { startApp, type TestApp, type TestAppSettings } from '../../support/app.js';
import { CountingStore } from '../../support/counting-store.js';
import { nestMajor } from '../../support/nest-version.js';
import { Wire } from '../../support/wire.js';

export const OWN_COOKIE = 'own=1; Path=/';
export const MIDDLEWARE_COOKIE = 'from=middleware; Path=/';
const SESSION_COOKIE = expect.stringMatching(/^__Host-sid=[\w-]{43,}; /) as string;

/** One way of answering. Whatever answers it sets `by` in the session to the name of the case, and a cookie. */
export interface Case {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly text?: string;
  /** The cookies that the application sets: that of its handler unless told. */
  readonly own?: readonly string[];
  /** Whether the session gets to know: below 500 unless told, and where the handler had returned before. */
  readonly isKept?: boolean;
  /** The first version of Nest that answers like this: 11 unless told. */
  readonly since?: number;
}

type Named = Session<{ by: string; since: string }>;

@Controller()
class BaseController {
  @Get('all')
  all(@Session() session: Named) {
    return session.all();
  }

  @Get('seed')
  seed(@Session() session: Named) {
    session.set('since', 'before');
  }
}

/** Where no handler runs, the request says by a header what to write here. */
@Injectable()
class WritingMiddleware implements NestMiddleware {
  constructor(private readonly sessions: Sessions) {}

  use(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    response.setHeader('Set-Cookie', MIDDLEWARE_COOKIE);
    const by = request.headers['x-by'];
    if (typeof by === 'string') this.sessions.of<{ by: string }>(request).set('by', by);
    next();
  }
}

@Module({ controllers: [BaseController] })
class BaseModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(WritingMiddleware).forRoutes('{*splat}');
  }
}

/** Runs each case on both adapters, for a visitor without and for one with a session. */
export function describeCases(
  subject: string,
  casesOn: (adapter: string) => readonly Case[],
  settings: TestAppSettings,
): void {
  describe.each(adapters)(`${subject}, on %s`, (adapter, makeAdapter) => {
    const store = new CountingStore();
    let wire: Wire;
    let host: TestApp;

    beforeAll(async () => {
      host = await startApp(makeAdapter(), {
        ...settings,
        session: { store },
        imports: [BaseModule, ...(settings.imports ?? [])],
      });
      wire = new Wire(host.app.getHttpServer(), store);
    });
    afterAll(() => host.close());

    const cases = casesOn(adapter).filter(({ since = 11 }) => since <= nestMajor);
    const kept = cases.filter(isKept);
    const refused = cases.filter((each) => !isKept(each));

    describeAny(kept, 'commits once, before the head', () => {
      it.each(kept)('$name: a new visitor gets one cookie', async (each) => {
        const browser = host.browser();
        const answer = await browser.ask(each.path, each);
        expect(answer).toMatchObject(expectedOf(each, [SESSION_COOKIE]));
        expect(store.takeCalls()).toBe('create');
        expect(wire.takeSentAtWrite()).toEqual([0]);
        expect((await browser.get('/all')).json()).toEqual({ by: each.name });
        expect(store.takeCalls()).toBe('load');
      });

      it.each(kept)('$name: a known visitor keeps the cookie', async (each) => {
        const browser = host.browser();
        await browser.get('/seed');
        forget();
        const answer = await browser.ask(each.path, each);
        expect(answer).toMatchObject(expectedOf(each, []));
        expect(store.takeCalls()).toBe('load save');
        expect(wire.takeSentAtWrite()).toEqual([0]);
        expect((await browser.get('/all')).json()).toEqual({ since: 'before', by: each.name });
        expect(store.takeCalls()).toBe('load');
      });
    });

    describeAny(refused, 'stores nothing', () => {
      it.each(refused)('$name: a new visitor stays unknown', async (each) => {
        const browser = host.browser();
        const answer = await browser.ask(each.path, each);
        expect(answer).toMatchObject(expectedOf(each, []));
        expect(store.takeCalls()).toBe('');
      });

      it.each(refused)('$name: the session of a known visitor stays as it was', async (each) => {
        const browser = host.browser();
        await browser.get('/seed');
        forget();
        const answer = await browser.ask(each.path, each);
        expect(answer).toMatchObject(expectedOf(each, []));
        expect(store.takeCalls()).toBe('');
        expect((await browser.get('/all')).json()).toEqual({ since: 'before' });
        expect(store.takeCalls()).toBe('load');
      });
    });

    function forget(): void {
      store.takeCalls();
      wire.takeSentAtWrite();
    }
  });
}

/** A table of no cases is an error to Jest. */
function describeAny(cases: readonly Case[], situation: string, tests: () => void): void {
  if (cases.length > 0) describe(situation, tests);
}

function isKept({ isKept, status }: Case): boolean {
  return isKept ?? status < 500;
}

function expectedOf({ status, text, own = [OWN_COOKIE] }: Case, session: readonly string[]) {
  return { status, ...(text !== undefined && { text }), setCookie: [...own, ...session] };
}
