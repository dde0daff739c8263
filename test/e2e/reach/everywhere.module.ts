import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  DefaultValuePipe,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  ParseIntPipe,
  type PipeTransform,
  Req,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Session, Sessions, SkipSession } from 'nestjs-sessions';
import { type Observable, tap } from 'rxjs';
import type { Reply } from '../../support/reply.js';

export type Places = Session<{ [place: string]: boolean | string }>;

/** The handles that the places of one request were given, in order. */
export const handles: { readonly place: string; readonly session: Places }[] = [];

@Injectable()
export class Visits {
  constructor(private readonly sessions: Sessions) {}

  note(place: string, where: Parameters<Sessions['of']>[0]): void {
    this.noteIn(place, this.sessions.of(where));
  }

  noteIn(place: string, session: Places): void {
    handles.push({ place, session });
    session.set(place, true);
  }
}

@Injectable()
class VisitsMiddleware implements NestMiddleware {
  constructor(private readonly visits: Visits) {}

  use(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
    this.visits.note('middleware', request);
    next();
  }
}

@Injectable()
class VisitsGuard implements CanActivate {
  constructor(private readonly visits: Visits) {}

  canActivate(context: ExecutionContext): boolean {
    this.visits.note('guard', context);
    return true;
  }
}

@Injectable()
class VisitsInterceptor implements NestInterceptor {
  constructor(private readonly visits: Visits) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.visits.note('interceptor, before', context);
    return next.handle().pipe(tap(() => this.visits.note('interceptor, after', context)));
  }
}

@Catch(RangeError)
class VisitsFilter implements ExceptionFilter<RangeError> {
  constructor(private readonly visits: Visits) {}

  catch(_error: RangeError, host: ArgumentsHost): void {
    this.visits.note('filter', host);
    host.switchToHttp().getResponse<Reply>().status(418).send('caught');
  }
}

@Injectable()
class VisitsPipe implements PipeTransform<Places, Places> {
  constructor(private readonly visits: Visits) {}

  transform(session: Places): Places {
    this.visits.noteIn('pipe', session);
    return session;
  }
}

@Injectable({ scope: Scope.REQUEST })
class VisitsOfRequest {
  constructor(
    private readonly visits: Visits,
    @Inject(REQUEST) private readonly request: IncomingMessage,
  ) {}

  note(): void {
    this.visits.note('request-scoped provider', this.request);
  }
}

@Controller()
@UseGuards(VisitsGuard)
@UseInterceptors(VisitsInterceptor)
@UseFilters(VisitsFilter)
class VisitsController {
  constructor(
    private readonly visits: Visits,
    private readonly ofRequest: VisitsOfRequest,
  ) {}

  @Get('everywhere')
  everywhere(@Session(VisitsPipe) session: Places, @Req() request: IncomingMessage) {
    this.visits.noteIn('handler', session);
    this.visits.note('request', request);
    this.ofRequest.note();
  }

  @Get('caught')
  caught() {
    throw new RangeError();
  }
}

@Controller()
class ParametersController {
  @Get('all')
  all(@Session() session: Places) {
    return session.all();
  }

  @Get('set')
  set(@Session() session: Places) {
    session.set('page', '7');
  }

  @Get('set-text')
  setText(@Session() session: Places) {
    session.set('page', 'seven');
  }

  @Get('property')
  property(@Session() session: Places, @Req() request: IncomingMessage) {
    session.set('property', true);
    return { isThere: 'session' in request };
  }

  @Get('value')
  value(@Session('page', new DefaultValuePipe('1'), ParseIntPipe) page: number) {
    return { page };
  }
}

@Controller('skipped')
@SkipSession()
class SkippedController {
  @Get('decorator')
  decorator(@Session() session: Places) {
    session.set('skipped', true);
  }

  @Get('value')
  value(@Session('page') page: string | undefined) {
    return { page };
  }

  @Get('guard')
  @UseGuards(VisitsGuard)
  guarded() {}

  @Get('nothing')
  nothing() {
    return 'ok';
  }
}

@Module({
  controllers: [VisitsController, ParametersController, SkippedController],
  providers: [Visits, VisitsOfRequest],
})
export class EverywhereModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(VisitsMiddleware).forRoutes('everywhere', 'caught');
  }
}
