import type { Logger } from '@nestjs/common';
import { isTooNew } from '../core/record/newer-record.js';
import { describeFailure, toHttpException } from './session-exception.mapper.js';

/**
 * Logs failed requests. A record in a newer format fails each request of its session until this process is updated, so
 * each format is logged once. Failures that clients can provoke go to `debug`, since clients could flood the log.
 *
 * @internal
 */
export class FailureLog {
  readonly #told = new Set<string>();

  constructor(private readonly logger: Logger) {}

  add(error: unknown): void {
    const failure = describeFailure(error);
    if (this.#told.has(failure)) return;
    if (isTooNew(error)) this.#told.add(failure);
    if (isOfVisitor(error)) this.logger.debug(failure);
    else this.logger.error(failure);
  }
}

function isOfVisitor(error: unknown): boolean {
  return toHttpException(error).getStatus() < 500;
}
