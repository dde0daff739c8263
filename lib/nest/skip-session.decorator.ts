import {
  type ArgumentsHost,
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';

const SKIP_SESSION = 'session:skip';

/**
 * Excludes a route, or all routes of a controller, from sessions: `@Session()` and `sessions.of(context)` throw
 * SESSION_NOT_AVAILABLE there, so that no code can come to depend on one. A route that does not use its session makes
 * no store call, and does not need this decorator.
 *
 * @publicApi
 */
export const SkipSession = (): CustomDecorator => SetMetadata(SKIP_SESSION, true);

/**
 * Whether a route excludes sessions; false for a filter's host, which has no handler to read metadata from.
 *
 * @internal
 */
export function isSkipped(host: ArgumentsHost): boolean {
  if (!('getHandler' in host)) return false;
  const context = host as ExecutionContext;
  return isMarked(context.getHandler()) || isMarked(context.getClass());
}

function isMarked(target: object | null): boolean {
  return target !== null && Reflect.getMetadata(SKIP_SESSION, target) === true;
}
