import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  Logger,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { SessionError } from '../core/session-errors.js';
import { describeFailure, toHttpException } from './session-exception.mapper.js';

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
  readonly #logger = new Logger('SessionModule');

  override catch(error: SessionError, host: ArgumentsHost): void {
    this.#logger.error(describeFailure(error));
    const exception = toHttpException(error);
    if (host.getType<string>() !== 'http') throw exception;
    super.catch(exception, host);
  }
}
