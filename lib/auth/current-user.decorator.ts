import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { SessionError } from '../core/errors/session-errors.js';
import { runtimeOf } from '../nest/session-runtimes.js';
import { currentUsersOf } from './current-users.service.js';

/**
 * The signed-in user from the `UserLoader`, loaded once per request. Undefined if nobody is signed in, which cannot
 * happen on a route with `@SignedIn()`.
 *
 * ```ts
 * @Get()
 * show(@CurrentUser() user: User) {}
 * ```
 *
 * @publicApi
 */
export const CurrentUser: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const runtime = runtimeOf(context);
    const users = runtime && currentUsersOf(runtime);
    if (!users) throw noUsersHere();
    return users.of(context);
  },
);

function noUsersHere(): SessionError {
  return new SessionError(
    'SESSION_NOT_AVAILABLE',
    'There is no `UserLoader` here. Import `SessionAuthModule.forRoot({ users })` in the root module; a loader cannot be request-scoped.',
  );
}
