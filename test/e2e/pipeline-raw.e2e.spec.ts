import { Controller, Get, Res, StreamableFile } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { Readable } from 'node:stream';
import { rawOf, type Reply } from '../support/reply.js';
import { type Case, describeCases, MIDDLEWARE_COOKIE } from './pipeline/describe-cases.js';

type Named = Session<{ by: string }>;

const COOKIES = ['own=1; Path=/', 'other=2; Path=/'];

@Controller()
class RawController {
  @Get('send')
  send(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'send()');
    reply.status(201).header('Set-Cookie', COOKIES).send('ok');
  }

  @Get('send-later')
  sendLater(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'send() in a callback');
    setImmediate(() => reply.header('Set-Cookie', COOKIES).send('ok'));
  }

  @Get('set-later')
  setLater(@Session() session: Named, @Res() reply: Reply) {
    setImmediate(() => {
      session.set('by', 'set() and send() in a callback');
      reply.header('Set-Cookie', COOKIES).send('ok');
    });
  }

  @Get('pipe')
  pipe(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'a stream piped by hand');
    rawOf(reply).setHeader('Set-Cookie', COOKIES);
    Readable.from(['o', 'k']).pipe(rawOf(reply));
  }

  @Get('end')
  end(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'end()');
    rawOf(reply).setHeader('Set-Cookie', COOKIES).end('ok');
  }

  @Get('write-head-object')
  writeHeadObject(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'writeHead() with an object');
    rawOf(reply).writeHead(203, { 'X-Own': 'yes', 'Set-Cookie': COOKIES }).end('ok');
  }

  @Get('write-head-array')
  writeHeadArray(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'writeHead() with a flat array');
    const headers = ['X-Own', 'yes', ...COOKIES.flatMap((cookie) => ['Set-Cookie', cookie])];
    rawOf(reply).writeHead(203, 'Own Reason', headers).end('ok');
  }

  @Get('write-head-alone')
  writeHeadAlone(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'writeHead() without headers');
    rawOf(reply).setHeader('Set-Cookie', COOKIES).writeHead(203).end('ok');
  }

  @Get('write')
  write(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'writeHead(), write() and end()');
    const response = rawOf(reply).writeHead(203, { 'Set-Cookie': COOKIES });
    response.write('o');
    response.end('k');
  }

  @Get('implicit-head')
  implicitHead(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'write() without writeHead()');
    const response = rawOf(reply).setHeader('Set-Cookie', COOKIES);
    response.write('o');
    response.end('k');
  }

  @Get('flush')
  flush(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'flushHeaders()');
    const response = rawOf(reply).setHeader('Set-Cookie', COOKIES);
    response.flushHeaders();
    response.end('ok');
  }

  @Get('throw-after')
  throwAfter(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'send(), then an error');
    reply.header('Set-Cookie', COOKIES).send('ok');
    throw new Error('too late');
  }

  @Get('change-after')
  changeAfter(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'end(), then another head');
    const response = rawOf(reply).setHeader('Set-Cookie', COOKIES);
    response.end('ok');
    response.statusCode = 500;
    response.setHeader('Set-Cookie', 'late=1').setHeader('X-Late', 'yes');
  }

  @Get('twice')
  twice(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'end(), twice');
    rawOf(reply).setHeader('Set-Cookie', COOKIES).end('ok');
    rawOf(reply).end('no');
  }

  @Get('broken')
  broken(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'a server error by hand');
    rawOf(reply).writeHead(502, { 'Set-Cookie': COOKIES }).end('bad gateway');
  }

  @Get('file-after-head')
  fileAfterHead(@Session() session: Named, @Res({ passthrough: true }) reply: Reply) {
    session.set('by', 'a StreamableFile with headers of its own');
    reply.header('Set-Cookie', COOKIES);
    return new StreamableFile(Buffer.from('ok'), { type: 'text/plain', length: 2 });
  }
}

const answered: readonly Case[] = [
  { name: 'send()', path: '/send', status: 201 },
  { name: 'send() in a callback', path: '/send-later', status: 200 },
  { name: 'set() and send() in a callback', path: '/set-later', status: 200 },
  { name: 'a stream piped by hand', path: '/pipe', status: 200 },
  { name: 'end()', path: '/end', status: 200 },
  { name: 'writeHead() with an object', path: '/write-head-object', status: 203 },
  { name: 'writeHead() with a flat array', path: '/write-head-array', status: 203 },
  { name: 'writeHead() without headers', path: '/write-head-alone', status: 203 },
  { name: 'writeHead(), write() and end()', path: '/write', status: 203 },
  { name: 'write() without writeHead()', path: '/implicit-head', status: 200 },
  { name: 'flushHeaders()', path: '/flush', status: 200 },
  { name: 'send(), then an error', path: '/throw-after', status: 200 },
  { name: 'end(), then another head', path: '/change-after', status: 200 },
  { name: 'end(), twice', path: '/twice', status: 200 },
  { name: 'a StreamableFile with headers of its own', path: '/file-after-head', status: 200 },
];

const cases: readonly Case[] = [
  ...answered.map((each) => ({ ...each, text: 'ok', own: COOKIES })),
  {
    name: 'a server error by hand',
    path: '/broken',
    status: 502,
    text: 'bad gateway',
    own: COOKIES,
  },
  {
    name: 'HEAD of end()',
    method: 'HEAD',
    path: '/nowhere',
    headers: { 'x-by': 'HEAD of end()' },
    status: 404,
    text: '',
    own: [MIDDLEWARE_COOKIE],
  },
];

describeCases('What a handler answers by hand', () => cases, { controllers: [RawController] });
