import {
  ConflictException,
  ForbiddenException,
  type HttpException,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { types } from 'node:util';
import { SessionError } from '../core/errors/session-errors.js';

/**
 * Maps a session error to an HTTP exception. Its body contains the status text only; the error is the `cause`.
 *
 * @internal
 */
export function toHttpException(error: unknown): HttpException {
  switch (error instanceof SessionError ? error.code : undefined) {
    case 'SESSION_STORE_UNAVAILABLE':
      return new ServiceUnavailableException(undefined, {
        cause: error,
        description: 'Service Unavailable',
      });
    case 'SESSION_LIMIT_REACHED':
      return new ForbiddenException(undefined, { cause: error, description: 'Forbidden' });
    case 'SESSION_GONE':
    case 'SESSION_CONFLICT':
      return new ConflictException(undefined, { cause: error, description: 'Conflict' });
    default:
      return new InternalServerErrorException(undefined, {
        cause: error,
        description: 'Internal Server Error',
      });
  }
}

/**
 * One line for the log: the error, and its cause in the store.
 *
 * @internal
 */
export function describeFailure(error: unknown): string {
  if (!types.isNativeError(error)) return 'The session could not be saved, for an unknown reason.';
  const { cause } = error;
  return cause instanceof Error
    ? `${error.message} (${cause.name}: ${cause.message})`
    : error.message;
}
