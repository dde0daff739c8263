import { Controller, Get, HttpCode, Render } from '@nestjs/common';
import { Session } from 'nestjs-sessions';
import { type Case, describeCases, MIDDLEWARE_COOKIE } from './pipeline/describe-cases.js';

type Named = Session<{ by: string }>;

@Controller()
class LateController {
  @Get('code')
  @HttpCode(503)
  code(@Session() session: Named) {
    session.set('by', '@HttpCode(503)');
  }

  @Get('response')
  response(@Session() session: Named) {
    session.set('by', 'a web Response of 503');
    return new Response('no', { status: 503 });
  }

  @Get('response/499')
  clientError(@Session() session: Named) {
    session.set('by', 'a web Response of 499');
    return new Response('no', { status: 499 });
  }

  @Get('json')
  json(@Session() session: Named) {
    session.set('by', 'a value that is no JSON');
    return { n: 1n };
  }

  @Get('render')
  @Render('page that nobody wrote')
  render(@Session() session: Named) {
    session.set('by', 'a template that is not there');
    return {};
  }

  @Get('generator')
  generator(@Session() session: Named) {
    session.set('by', 'a generator that throws before its first chunk');
    return broken();
  }
}

async function* broken(): AsyncGenerator<string> {
  await Promise.resolve();
  if (broken.length === 0) throw new Error('broken');
  yield 'never';
}

const cases: readonly Case[] = [
  { name: '@HttpCode(503)', path: '/code', status: 503 },
  { name: 'a web Response of 503', path: '/response', status: 503, since: 12 },
  { name: 'a web Response of 499', path: '/response/499', status: 499, isKept: true, since: 12 },
  { name: 'a value that is no JSON', path: '/json', status: 500, isKept: true },
  { name: 'a template that is not there', path: '/render', status: 500, isKept: true },
  {
    name: 'a generator that throws before its first chunk',
    path: '/generator',
    status: 500,
    isKept: true,
    since: 12,
  },
].map((each) => ({ ...each, own: [MIDDLEWARE_COOKIE] }));

describeCases('What fails between a handler and its answer', () => cases, {
  controllers: [LateController],
});
