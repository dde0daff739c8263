import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { SessionError } from '../core/session-errors.js';
import { toHttpException } from './session-exception.mapper.js';
import { Sessions } from './sessions.service.js';

/**
 * Answers session errors that nobody caught, wherever they were thrown: in a guard, a pipe, a handler, a middleware.
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

  override catch(error: SessionError, host: ArgumentsHost): void {
    this.sessions.reportFailure(error);
    const exception = toHttpException(error);
    if (host.getType<string>() !== 'http') throw exception;
    super.catch(exception, host);
  }
}
