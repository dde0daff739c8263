import {
  applyDecorators,
  type ArgumentsHost,
  type CanActivate,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  ParseIntPipe,
  Post,
  Query,
  UnauthorizedException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { Session, Sessions } from 'nestjs-sessions';
import { mergeMap, throwError } from 'rxjs';
import type { Reply } from '../support/reply.js';
import {
  type Case,
  describeCases,
  MIDDLEWARE_COOKIE,
  OWN_COOKIE,
} from './pipeline/describe-cases.js';

interface Values {
  by: string;
}

class Teapot extends Error {
  constructor(readonly status: number) {
    super('teapot');
  }
}

@Catch(Teapot)
class TeapotFilter implements ExceptionFilter<Teapot> {
  constructor(private readonly sessions: Sessions) {}

  catch({ status }: Teapot, host: ArgumentsHost): void {
    this.sessions.of<Values>(host).set('by', 'an exception filter that writes');
    host.switchToHttp().getResponse<Reply>().status(status).send('teapot');
  }
}

@Injectable()
class ThrowingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<Values>(context).set('by', 'a guard that throws');
    throw new UnauthorizedException();
  }
}

@Injectable()
class RefusingGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<Values>(context).set('by', 'a guard that refuses');
    return false;
  }
}

@Injectable()
class ThrowingMiddleware implements NestMiddleware {
  constructor(private readonly sessions: Sessions) {}

  use(request: IncomingMessage): void {
    this.sessions.of<Values>(request).set('by', 'a middleware that throws');
    throw new ConflictException();
  }
}

/** Runs around the session's own interceptor, and fails when that one has let the result through. */
const OuterInterceptor: NestInterceptor = {
  intercept: (context, next) => {
    const error = OUTER_ERRORS[context.getHandler().name];
    return error ? next.handle().pipe(mergeMap(() => throwError(() => error))) : next.handle();
  },
};
const OUTER_ERRORS: Readonly<Record<string, Error>> = {
  brokenOutside: new Error('broken'),
  refusedOutside: new ConflictException(),
};

const Answer = (path: string): MethodDecorator =>
  applyDecorators(Get(path), Header('Set-Cookie', OWN_COOKIE));

@Controller()
class FailuresController {
  @Answer('pipe')
  pipe(@Query('n', ParseIntPipe) n: number) {
    return n;
  }

  @Answer('client-error')
  clientError(@Session() session: Session<Values>) {
    session.set('by', 'a handler that throws a 4xx');
    throw new ConflictException();
  }

  @Answer('error')
  error(@Session() session: Session<Values>) {
    session.set('by', 'a handler that throws an Error');
    throw new Error('broken');
  }

  @Answer('filter')
  @UseFilters(TeapotFilter)
  filter() {
    throw new Teapot(418);
  }

  @Answer('failing-filter')
  @UseFilters(TeapotFilter)
  failingFilter() {
    throw new Teapot(503);
  }

  @Answer('guard')
  @UseGuards(ThrowingGuard)
  guarded() {}

  @Answer('refusal')
  @UseGuards(RefusingGuard)
  refused() {}

  @Answer('middleware')
  behindMiddleware() {}

  @Answer('broken-outside')
  brokenOutside(@Session() session: Session<Values>) {
    session.set('by', 'an interceptor that throws an Error');
  }

  @Answer('refused-outside')
  refusedOutside(@Session() session: Session<Values>) {
    session.set('by', 'an interceptor that throws a 4xx');
  }

  @Post('body')
  body() {}
}

@Module({ controllers: [FailuresController] })
class FailuresModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ThrowingMiddleware).forRoutes('middleware');
  }
}

const thrown: readonly Case[] = [
  {
    name: 'a pipe that throws a 400',
    path: '/pipe?n=none',
    headers: { 'x-by': 'a pipe that throws a 400' },
    status: 400,
  },
  { name: 'a handler that throws a 4xx', path: '/client-error', status: 409 },
  { name: 'a handler that throws an Error', path: '/error', status: 500 },
  { name: 'an interceptor that throws a 4xx', path: '/refused-outside', status: 409 },
  // The handler had returned: what it changed was stored.
  {
    name: 'an interceptor that throws an Error',
    path: '/broken-outside',
    status: 500,
    isKept: true,
  },
  { name: 'an exception filter that writes', path: '/filter', status: 418, text: 'teapot' },
  { name: 'an exception filter that answers 503', path: '/failing-filter', status: 503 },
];

const early: readonly Case[] = [
  { name: 'a guard that throws', path: '/guard', status: 401 },
  { name: 'a guard that refuses', path: '/refusal', status: 403 },
  { name: 'a middleware that throws', path: '/middleware', status: 409 },
];

/** Fastify parses after the middleware; on Express the parser answers before there is a session. */
const malformed = (adapter: string): Case => ({
  name: 'a body that is no JSON',
  method: 'POST',
  path: '/body',
  headers: { 'content-type': 'application/json', 'x-by': 'a body that is no JSON' },
  body: '{',
  status: 400,
  own: adapter === 'Express' ? [] : [MIDDLEWARE_COOKIE],
  isKept: adapter !== 'Express',
});

const casesOn = (adapter: string): readonly Case[] => [
  ...thrown,
  ...early.map((each) => ({ ...each, own: [MIDDLEWARE_COOKIE] })),
  malformed(adapter),
];

describeCases('What goes wrong', casesOn, {
  imports: [FailuresModule],
  // Those of the root module run around those of others.
  providers: [{ provide: APP_INTERCEPTOR, useValue: OuterInterceptor }],
});
