import {
  type ArgumentsHost,
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';

const SKIP_SESSION = 'session:skip';

/**
 * Keeps a route, or all routes of a controller, free of sessions: `@Session()` and `sessions.of(context)` throw
 * SESSION_NOT_AVAILABLE there, so nothing can come to depend on one. A route that merely does not ask for its session
 * needs no decorator: it costs no store call anyway.
 *
 * @publicApi
 */
export const SkipSession = (): CustomDecorator => SetMetadata(SKIP_SESSION, true);

/** Whether a route has none. What a filter gets knows of no handler, and so of no decorator. @internal */
export function isSkipped(host: ArgumentsHost): boolean {
  if (!('getHandler' in host)) return false;
  const context = host as ExecutionContext;
  return isMarked(context.getHandler()) || isMarked(context.getClass());
}

function isMarked(target: object | null): boolean {
  return target !== null && Reflect.getMetadata(SKIP_SESSION, target) === true;
}
