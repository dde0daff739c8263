import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import { concatMap, type Observable } from 'rxjs';
import { HandMadeSession } from './hand-made-session.js';
import type { HandMadeStore } from './hand-made-store.js';

const NAME = 'sid';

interface Request {
  readonly headers: { readonly cookie?: string };
  handMadeSession?: HandMadeSession;
}

/** What the responses of Express and Fastify have in common. */
interface Response {
  header(name: string, value: string): unknown;
}

export function sessionIn(context: ExecutionContext): HandMadeSession | undefined {
  return context.switchToHttp().getRequest<Request>().handMadeSession;
}

/** Puts a session on the request, and saves it before the answer is sent. */
export class HandMadeInterceptor implements NestInterceptor {
  constructor(private readonly store: HandMadeStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const session = this.#open(http.getRequest<Request>());
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        const id = await session.commit();
        if (id !== undefined) http.getResponse<Response>().header('Set-Cookie', cookieOf(id));
        return body;
      }),
    );
  }

  #open(request: Request): HandMadeSession {
    const id = parseCookie(request.headers.cookie ?? '')[NAME];
    return (request.handMadeSession = new HandMadeSession(this.store, id));
  }
}

function cookieOf(id: string): string {
  return stringifySetCookie({
    name: NAME,
    value: id,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
  });
}
