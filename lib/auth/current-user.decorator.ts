import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { SessionError } from '../core/session-errors.js';
import { hostOf } from '../nest/session-hosts.js';
import { currentUsersOf } from './current-users.service.js';

/**
 * The user who is signed in, as the `UserLoader` gives it, loaded once per request; undefined for anybody else, which on
 * a route with `@SignedIn()` is nobody.
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
    const host = hostOf(context);
    const users = host && currentUsersOf(host);
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
