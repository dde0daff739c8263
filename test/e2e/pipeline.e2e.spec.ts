import {
  applyDecorators,
  Controller,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Redirect,
  Render,
  Res,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import type { Application } from 'express';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Session } from 'nestjs-sessions';
import { Readable } from 'node:stream';
import { EMPTY, from, of } from 'rxjs';
import type { Reply } from '../support/reply.js';
import {
  type Case,
  describeCases,
  MIDDLEWARE_COOKIE,
  OWN_COOKIE,
} from './pipeline/describe-cases.js';

type Named = Session<{ by: string }>;

const Answer = (path: string): MethodDecorator =>
  applyDecorators(Get(path), Header('Set-Cookie', OWN_COOKIE));

@Controller()
class AnswersController {
  @Answer('json')
  json(@Session() session: Named) {
    session.set('by', 'JSON');
    return { ok: true };
  }

  @Answer('text')
  text(@Session() session: Named) {
    session.set('by', 'a text');
    return 'ok';
  }

  @Answer('nothing')
  nothing(@Session() session: Named) {
    session.set('by', 'undefined');
  }

  @Answer('no-content')
  @HttpCode(204)
  noContent(@Session() session: Named) {
    session.set('by', '204');
  }

  @Answer('update')
  async update(@Session() session: Named) {
    return { by: await session.update('by', () => 'update()') };
  }

  @Get('passthrough')
  passthrough(@Session() session: Named, @Res({ passthrough: true }) reply: Reply) {
    session.set('by', '@Res({ passthrough: true })');
    reply.status(202).header('Set-Cookie', [OWN_COOKIE, 'other=2; Path=/']);
    return 'ok';
  }

  @Answer('redirect')
  @Redirect('/all')
  redirect(@Session() session: Named) {
    session.set('by', '@Redirect()');
  }

  @Answer('render')
  @Render('page')
  render(@Session() session: Named) {
    session.set('by', '@Render()');
    return { title: 'hello' };
  }

  @Answer('file')
  file(@Session() session: Named) {
    session.set('by', 'a StreamableFile');
    return new StreamableFile(Readable.from(['o', 'k']));
  }

  @Answer('response')
  response(@Session() session: Named) {
    session.set('by', 'a web Response');
    return new Response('ok', { status: 203, headers: { 'X-Own': 'yes' } });
  }

  @Answer('generator')
  async *generator(@Session() session: Named) {
    session.set('by', 'an async generator');
    yield await Promise.resolve('o');
    yield 'k';
  }

  @Answer('observable/one')
  one(@Session() session: Named) {
    session.set('by', 'an Observable of one value');
    return of('ok');
  }

  @Answer('observable/many')
  many(@Session() session: Named) {
    session.set('by', 'an Observable of many values');
    return from(['no', 'ok']);
  }

  @Answer('observable/none')
  none(@Session() session: Named) {
    session.set('by', 'an Observable of no value');
    return EMPTY;
  }

  @Sse('sse')
  @Header('Set-Cookie', OWN_COOKIE)
  sse(@Session() session: Named) {
    session.set('by', '@Sse()');
    return from([{ data: 'one' }, { data: 'two' }]);
  }
}

const returned: readonly Case[] = [
  { name: 'JSON', path: '/json', status: 200, text: '{"ok":true}' },
  { name: 'a text', path: '/text', status: 200, text: 'ok' },
  { name: 'undefined', path: '/nothing', status: 200, text: '' },
  { name: '204', path: '/no-content', status: 204, text: '' },
  { name: 'update()', path: '/update', status: 200, text: '{"by":"update()"}' },
  {
    name: '@Res({ passthrough: true })',
    path: '/passthrough',
    status: 202,
    text: 'ok',
    own: [OWN_COOKIE, 'other=2; Path=/'],
  },
  { name: '@Redirect()', path: '/redirect', status: 302 },
  { name: '@Render()', path: '/render', status: 200, text: 'page: hello' },
  { name: 'a StreamableFile', path: '/file', status: 200, text: 'ok' },
  { name: 'a web Response', path: '/response', status: 203, text: 'ok', since: 12 },
  { name: 'an async generator', path: '/generator', status: 200, text: 'ok', since: 12 },
  { name: 'an Observable of one value', path: '/observable/one', status: 200, text: 'ok' },
  { name: 'an Observable of many values', path: '/observable/many', status: 200, text: 'ok' },
  // Nest answers this one with an error.
  { name: 'an Observable of no value', path: '/observable/none', status: 500 },
  { name: '@Sse()', path: '/sse', status: 200, text: '\nid: 1\ndata: one\n\nid: 2\ndata: two\n\n' },
];

/** Where the framework answers by itself, the session was written by a middleware. */
const byMethod: readonly Case[] = [
  { name: 'JSON', method: 'HEAD', path: '/json', status: 200, text: '' },
  { name: 'a StreamableFile', method: 'HEAD', path: '/file', status: 200, text: '' },
  {
    name: 'OPTIONS of a route',
    method: 'OPTIONS',
    path: '/json',
    headers: { 'x-by': 'OPTIONS of a route' },
    status: 404,
    own: [MIDDLEWARE_COOKIE],
  },
  {
    name: 'no route',
    path: '/nowhere',
    headers: { 'x-by': 'no route' },
    status: 404,
    own: [MIDDLEWARE_COOKIE],
  },
];

describeCases('What a handler returns', () => returned, {
  controllers: [AnswersController],
  prepare: addViewEngine,
});
describeCases('What is asked by another method', () => byMethod, {
  controllers: [AnswersController],
});

function addViewEngine(app: INestApplication): void {
  const instance = app.getHttpAdapter().getInstance() as Application | FastifyInstance;
  const page = (name: string, { title }: { title: string }) => `${name}: ${title}`;
  if ('decorateReply' in instance) {
    instance.decorateReply(
      'view',
      function (this: FastifyReply, name: string, values: { title: string }) {
        return this.type('text/html').send(page(name, values));
      },
    );
    return;
  }
  // Express lets a class of ours stand in for its own, which wants templates in files.
  class View {
    readonly path: string;
    constructor(name: string) {
      this.path = name;
    }
    render(values: { title: string }, done: (error: null, html: string) => void) {
      done(null, page(this.path, values));
    }
  }
  instance.set('view', View);
}
