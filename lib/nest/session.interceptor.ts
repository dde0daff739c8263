import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { commitHandler } from './commit-handler.js';
import { Sessions } from './sessions.service.js';

/**
 * Writes what a handler changed before what it returned goes on, so that interceptors around it and exception filters
 * see a commit that fails. `@Session()` binds it to its handler; bind it yourself where a handler reaches its session
 * through `Sessions` only, or everywhere: `{ provide: APP_INTERCEPTOR, useExisting: SessionInterceptor }`.
 *
 * What it leaves alone is committed as the response leaves: handlers with `@Sse()`, with `@Next()` or `@Res()` without
 * `passthrough`, and those of GraphQL.
 *
 * @publicApi
 */
@Injectable()
export class SessionInterceptor implements NestInterceptor {
  constructor(private readonly sessions: Sessions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return commitHandler(this.sessions, context, next);
  }
}
