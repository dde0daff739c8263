import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';
import { Sessions } from './sessions.service.js';

/**
 * Tells a session whether its handler is still at work, since a client that goes away then does not end it. The commit
 * itself waits for the head: what fails between a handler and its answer (an interceptor further out, a template, a
 * value that is no JSON, a stream before its first chunk) makes it a server error, on which nothing is written.
 *
 * @internal
 */
@Injectable()
export class SessionInterceptor implements NestInterceptor {
  constructor(private readonly sessions: Sessions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const session = this.sessions.attach(context);
    if (!session || context.getType() !== 'http') return next.handle();
    session.startHandler();
    return next.handle().pipe(finalize(() => session.endHandler()));
  }
}
