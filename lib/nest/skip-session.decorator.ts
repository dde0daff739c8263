import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** @internal */
export const SKIP_SESSION = 'session:skip';

/**
 * Keeps a route, or all routes of a controller, free of sessions: `@Session()` and `sessions.of(context)` throw
 * SESSION_NOT_AVAILABLE there, so nothing can come to depend on one. A route that merely does not ask for its session
 * needs no decorator: it costs no store call anyway.
 *
 * @publicApi
 */
export const SkipSession = (): CustomDecorator => SetMetadata(SKIP_SESSION, true);
