import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type NestInterceptor,
  Post,
  Query,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { csrfSync } from 'csrf-sync';
import { doubleCsrf } from 'csrf-csrf';
import type { Request, Response } from 'express';
import { type Observable, tap } from 'rxjs';

type Callback = (...results: unknown[]) => void;

/** What applications on express-session take a session for. */
interface ExpressSessionLike {
  [key: string]: unknown;
  readonly id: string;
  readonly cookie: { maxAge: number | null; originalMaxAge: number | null };
  cart?: { items: string[] };
  visits?: { n: number };
  grant?: { provider: string };
  touch(): unknown;
  save(done: Callback): unknown;
  reload(done: Callback): unknown;
  regenerate(done: Callback): unknown;
  destroy(done: Callback): unknown;
}

type Habitual = Omit<Request, 'session' | 'sessionID'> & {
  session: ExpressSessionLike;
  readonly sessionID: string;
  flash(key: string, format?: string, value?: string): string[];
};

const HOUR = 3_600_000;

export const doubleSubmit = doubleCsrf({
  getSecret: () => 'a secret of thirty-two characters',
  getSessionIdentifier: (request) => (request as unknown as Habitual).session.id,
  cookieName: 'csrf',
  cookieOptions: { secure: false },
});

export const synchronised = csrfSync();

class LateVisits implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { session } = context.switchToHttp().getRequest<Habitual>();
    return next.handle().pipe(tap(() => void session.visits!.n++));
  }
}

/** What has to work over whatever stands at `request.session`, with the same answers. */
@Controller()
export class ExpressHabitsController {
  @Get('cart')
  cart(@Req() { session }: Habitual, @Query('item') item: string) {
    (session.cart ??= { items: [] }).items.push(item);
    return session.cart;
  }

  @Get('visits')
  visits(@Req() { session }: Habitual) {
    const visits = (session.visits = session.visits || { n: 0 });
    visits.n++;
    return visits;
  }

  @Get('flash')
  flash(@Req() request: Habitual) {
    return request.flash('notice', '%s saved', 'Cart');
  }

  @Get('flashed')
  flashed(@Req() request: Habitual) {
    return request.flash('notice');
  }

  @Get('reload')
  async reload(@Req() request: Habitual) {
    request.session.visits = { n: 1000 };
    const results = await resultsOf((done) => request.session.reload(done));
    return { results, visits: request.session.visits };
  }

  @Get('touch')
  touch(@Req() { session }: Habitual) {
    return { isItself: session.touch() === session };
  }

  @Get('remember')
  remember(@Req() { session }: Habitual) {
    session.visits = { n: 1 };
    session.cookie.maxAge = HOUR;
  }

  @Get('cookie')
  cookie(@Req() { session }: Habitual) {
    const { maxAge, originalMaxAge } = session.cookie;
    const hoursOf = (ageMs: number | null | undefined) => ageMs && Math.round(ageMs / HOUR);
    return { hours: hoursOf(maxAge), original: hoursOf(originalMaxAge) };
  }

  @Get('ids')
  ids(@Req() { session, sessionID }: Habitual) {
    session.visits = { n: 1 };
    return { id: session.id, sessionID };
  }

  @Get('regenerate')
  async regenerate(@Req() request: Habitual) {
    const { id } = request.session;
    const results = await resultsOf((done) => request.session.regenerate(done));
    const { session, sessionID } = request;
    const isNew = session.id !== id && session.id === sessionID;
    return { results, isNew, visits: session.visits };
  }

  @Get('save')
  async save(@Req() { session }: Habitual) {
    session.visits = { n: 7 };
    return { results: await resultsOf((done) => session.save(done)) };
  }

  @Get('destroy')
  async destroy(@Req() { session }: Habitual) {
    return { results: await resultsOf((done) => session.destroy(done)) };
  }

  @Get('csrf-csrf')
  doubleSubmitToken(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return doubleSubmit.generateCsrfToken(request, response);
  }

  @Get('csrf-sync')
  synchronisedToken(@Req() request: Request) {
    return synchronised.generateToken(request);
  }

  @Post(['csrf-csrf', 'csrf-sync'])
  protected() {
    return 'done';
  }

  @Get('late')
  @UseInterceptors(LateVisits)
  late(@Req() { session }: Habitual) {
    session.visits = { n: 10 };
  }

  @Get('sent')
  sent(@Req() { session }: Habitual, @Res() response: Response) {
    session.visits!.n = 20;
    response.json('sent');
  }

  @Get('streamed')
  streamed(@Req() { session }: Habitual, @Res() response: Response) {
    response.write('"');
    session.visits!.n = 30;
    response.end('"');
  }

  @Get('granted')
  granted(@Req() { session }: Habitual) {
    return session.grant;
  }
}

/** What a method hands to its callback that is more than nothing. */
function resultsOf(call: (done: Callback) => unknown): Promise<unknown[]> {
  return new Promise((resolve) =>
    call((...results) => resolve(results.filter((one) => one !== undefined && one !== null))),
  );
}
