import {
  All,
  Controller,
  Headers,
  type INestApplication,
  type NestInterceptor,
  Optional,
  Render,
  Req,
  Res,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionInterceptor, SessionModule, Sessions, type SessionStore } from 'nestjs-sessions';
import { moduleOf } from '../../support/app.js';
import { Barrier } from '../../support/barrier.js';
import type { Reply } from '../../support/reply.js';
import type { Prepare } from './companions.js';
import { serveElsewhere } from './elsewhere.js';
import { answeringOf, values, ways } from './ways-of-answering.js';

/** What a request does to its session before it is answered. */
export type Work = 'none' | 'read' | 'pending';

/** What the handler of the request under way hears of its answer. One request is under way at a time. */
export class Heard {
  static last = new Heard();
  readonly events: string[] = [];
  readonly #closed = new Barrier();
  readonly closed = this.#closed.reached;

  readonly note = (event: string): void => {
    this.events.push(event);
    if (event === 'close') this.#closed.open();
  };
}

@Controller()
class MatrixController {
  constructor(@Optional() private readonly sessions?: Sessions) {}

  @All('way')
  async way(
    @Req() request: IncomingMessage,
    @Res() reply: Reply,
    @Headers('x-way') way: keyof typeof ways,
  ) {
    const answering = answeringOf(reply, Heard.last.note);
    await work(request, this.sessions);
    ways[way]?.(answering);
  }

  @All('page')
  @Render('page.html')
  async page(@Req() request: IncomingMessage, @Res({ passthrough: true }) reply: Reply) {
    answeringOf(reply, Heard.last.note);
    await work(request, this.sessions);
    return { name: 'reader' };
  }
}

/** Answers with what its handler returns. */
function valuesAt(path: string, ...interceptors: Type<NestInterceptor>[]): Type {
  @Controller()
  class ValuesController {
    constructor(@Optional() private readonly sessions?: Sessions) {}

    @All(path)
    @UseInterceptors(...interceptors)
    async value(
      @Req() request: IncomingMessage,
      @Res({ passthrough: true }) reply: Reply,
      @Headers('x-way') way: keyof typeof values,
    ) {
      answeringOf(reply, Heard.last.note);
      await work(request, this.sessions);
      return values[way]?.();
    }
  }
  return ValuesController;
}

async function work(request: IncomingMessage, sessions: Sessions | undefined): Promise<void> {
  const wanted = request.headers['x-work'] as Work;
  if (!sessions || wanted === 'none') return;
  const session = sessions.of<{ n: number }>(request);
  if (wanted === 'pending') session.set('n', 1);
  await session.get('n');
}

/** For what no handler answers. */
function workBefore(sessions: Sessions | undefined) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
    answeringOf(response as unknown as Reply, Heard.last.note);
    work(request, sessions).then(() => next(), next);
  };
}

/** Before its caller goes on: some take a response that looks ended by then for an answer. */
function answerAtOnce(sessions: Sessions | undefined) {
  return (request: IncomingMessage, response: ServerResponse) => {
    answeringOf(response as unknown as Reply, Heard.last.note);
    void work(request, sessions);
    response.end('at once');
  };
}

export interface MatrixSettings {
  readonly prepare?: Prepare;
  /** The origin of the server that is passed on at `/proxied`. */
  readonly upstream: string;
  /** Without one the application is without the library. */
  readonly store?: SessionStore;
}

/** The application of the matrix, ready to listen. */
export async function makeMatrix(
  adapter: AbstractHttpAdapter,
  { prepare, upstream, store }: MatrixSettings,
): Promise<INestApplication> {
  const module = moduleOf({
    imports: store ? [SessionModule.forRoot({ store })] : [],
    controllers: [
      MatrixController,
      valuesAt('value'),
      valuesAt('committed', ...(store ? [SessionInterceptor] : [])),
    ],
  });
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false });
  await prepare?.(app, store !== undefined);
  const sessions = store && app.get(Sessions);
  for (const path of ['/files', '/proxied']) app.use(path, workBefore(sessions));
  app.use('/at-once', answerAtOnce(sessions));
  await serveElsewhere(app, upstream);
  return app;
}
