import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { type Observable, throwError } from 'rxjs';
import { SessionError } from '../core/errors/session-errors.js';
import { toHttpException } from './session-exception.mapper.js';
import { Sessions } from './sessions.service.js';

/**
 * Answers uncaught session errors, wherever they were thrown: in a guard, a pipe, a handler or a middleware.
 *
 * @internal
 */
@Injectable()
@Catch(SessionError)
export class SessionExceptionFilter
  extends BaseExceptionFilter
  implements ExceptionFilter<SessionError>
{
  constructor(private readonly sessions: Sessions) {
    super();
  }

  override catch(error: SessionError, host: ArgumentsHost): void | Observable<never> {
    this.sessions.runtime.reportFailure(error);
    const exception = toHttpException(error);
    switch (host.getType<string>()) {
      case 'http':
        return super.catch(exception, host);
      case 'rpc':
        // The shape that Nest gives any other RPC error; RPC filters return an observable.
        return throwError(() => ({ status: 'error', message: exception.message }));
      default:
        throw exception;
    }
  }
}
