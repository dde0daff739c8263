import {
  type ArgumentsHost,
  applyDecorators,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  Param,
  Req,
  Res,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { Session, SessionError, SessionInterceptor, Sessions } from 'nestjs-sessions';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { catchError, concat, from, mergeMap, type Observable, of, throwError } from 'rxjs';
import { Barrier } from '../../support/barrier.js';
import { rawOf, type Reply } from '../../support/reply.js';

export type Named = Session<{ by: string; other: string }>;

export const BODY = 'body of the handler';

/** A handler that writes after its commit failed does so before the error goes on to the filters. */
export const stage = { hasFailed: new Barrier(), hasWritten: new Barrier(), isRaced: false };

@Catch(SessionError)
export class TeapotFilter implements ExceptionFilter<SessionError> {
  catch({ code }: SessionError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(418).send(`filtered: ${code}`);
  }
}

@Catch(SessionError)
export class WelcomingFilter implements ExceptionFilter<SessionError> {
  catch(_: SessionError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(200).send('filtered, and well');
  }
}

@Catch(SessionError)
@Injectable()
export class WritingFilter implements ExceptionFilter<SessionError> {
  constructor(private readonly sessions: Sessions) {}

  async catch(_: SessionError, host: ArgumentsHost): Promise<void> {
    const session = this.sessions.of<{ by: string }>(host);
    session.set('by', 'a filter');
    await session.save();
    host.switchToHttp().getResponse<Reply>().status(418).send('filtered, and saved');
  }
}

/** What interceptors around the handler get to know. */
export const noticed: string[] = [];

export const NoticingInterceptor = {
  intercept: (_: ExecutionContext, next: { handle(): Observable<unknown> }) =>
    next.handle().pipe(
      catchError((error: unknown) => {
        noticed.push(error instanceof SessionError ? error.code : 'another error');
        stage.hasFailed.open();
        const isOver = stage.isRaced ? stage.hasWritten.reached : Promise.resolve();
        return from(isOver).pipe(mergeMap(() => throwError(() => error)));
      }),
    ),
};

const Raw = createParamDecorator((_: unknown, context: ExecutionContext) =>
  rawOf(context.switchToHttp().getResponse<Reply>()),
);

const Own = (path: string): MethodDecorator =>
  applyDecorators(
    Get(path),
    Header('X-Own', BODY),
    Header('Set-Cookie', 'own=1'),
    Header('Access-Control-Allow-Origin', 'https://other.example'),
  );

@Controller()
export class HandlersController {
  constructor(private readonly sessions: Sessions) {}

  @Get('all')
  all(@Session() session: Named) {
    return session.all();
  }

  @Own('value')
  value(@Session() session: Named) {
    session.set('by', 'value');
    return BODY;
  }

  @Own('filtered')
  @UseFilters(TeapotFilter)
  filtered(@Session() session: Named, @Res({ passthrough: true }) reply: Reply) {
    rawOf(reply).setHeader('X-Raw', BODY).appendHeader('Set-Cookie', 'raw=1');
    reply.header('X-Reply', BODY);
    rawOf(reply).statusMessage = 'Own Reason';
    session.set('by', 'filtered');
    return BODY;
  }

  @Own('two-parameters')
  @UseFilters(TeapotFilter)
  twoParameters(@Session() session: Named, @Session('by') by: string | undefined) {
    session.set('by', by ?? 'two-parameters');
  }

  /** Answers by itself, while or after its commit fails. */
  @Own('raw/:when')
  @UseFilters(WelcomingFilter)
  raw(
    @Session() session: Named,
    @Param('when') when: 'meanwhile' | 'afterwards',
    @Res({ passthrough: true }) reply: Reply,
  ) {
    session.set('by', 'raw');
    const response = rawOf(reply);
    const answer = (): void => {
      if (!response.headersSent) response.writeHead(202, { 'X-Raw': BODY });
      response.write(BODY);
      response.end(BODY);
      stage.hasWritten.open();
    };
    if (when === 'meanwhile') setImmediate(answer);
    else void stage.hasFailed.reached.then(answer);
    return BODY;
  }

  @Own('piped')
  @UseFilters(WelcomingFilter)
  piped(@Session() session: Named, @Res({ passthrough: true }) reply: Reply) {
    session.set('by', 'piped');
    Readable.from([BODY, BODY]).pipe(rawOf(reply));
    return BODY;
  }

  /** Gets at the response past the decorators of Nest. */
  @Own('own-parameter')
  @UseFilters(TeapotFilter)
  ownParameter(@Session() session: Named, @Raw() response: ReturnType<typeof rawOf>) {
    session.set('by', 'own-parameter');
    setImmediate(() => {
      response.end(BODY);
      stage.hasWritten.open();
    });
    return BODY;
  }

  @Get('answers-itself')
  @UseFilters(TeapotFilter)
  answersItself(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'answers-itself');
    reply.send(BODY);
  }

  @Get('saved-by-filter')
  @UseFilters(WritingFilter)
  savedByFilter(@Session() session: Named) {
    session.set('by', 'the handler');
    session.set('other', 'the handler');
  }

  @Get('answers-later')
  answersLater(@Session() session: Named, @Res() reply: Reply) {
    session.set('by', 'answers-later');
    setImmediate(() => {
      session.set('other', 'later');
      reply.send(BODY);
    });
  }

  @Get('bound')
  @UseFilters(TeapotFilter)
  @UseInterceptors(SessionInterceptor)
  bound(@Req() request: IncomingMessage) {
    this.sessions.of<{ by: string }>(request).set('by', 'bound');
    return BODY;
  }

  @Get('half')
  half(@Session() session: Named): Observable<string> {
    session.set('by', 'half');
    return concat(
      of('first', 'second'),
      throwError(() => new Error('broken')),
    );
  }
}
