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
 * Commits a handler's changes before passing on its result, so that outer interceptors and exception filters can handle
 * a failed commit. `@Session()` binds it to its handler. Bind it yourself to a handler that uses `Sessions` only, or
 * globally: `{ provide: APP_INTERCEPTOR, useExisting: SessionInterceptor }`.
 *
 * It skips handlers with `@Sse()`, with `@Next()` or `@Res()` without `passthrough`, and those of GraphQL. Their
 * changes are committed when the response is sent.
 *
 * @publicApi
 */
@Injectable()
export class SessionInterceptor implements NestInterceptor {
  constructor(private readonly sessions: Sessions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return commitHandler(this.sessions.runtime, context, next);
  }
}
