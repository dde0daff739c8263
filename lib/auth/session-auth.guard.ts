import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  type HttpException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { CurrentUsers } from './current-users.service.js';
import { requiredPermissions } from './required-permissions.js';
import { SESSION_AUTH_SETTINGS, type SessionAuthSettings } from './session-auth.constants.js';
import { redirectToSignIn } from './sign-in-redirect.js';

/**
 * Requires a signed-in user who still exists and whose credentials have not changed since. With `@RequirePermission()`,
 * the user needs the permissions too.
 *
 * Answers 401 if nobody is signed in, or redirects a request for a page if `redirectTo` is set. A user who lacks a
 * permission gets 403.
 *
 * @publicApi
 */
@Injectable()
export class SessionAuthGuard implements CanActivate {
  /** @internal */
  constructor(
    @Inject(CurrentUsers) private readonly users: CurrentUsers,
    @Inject(SESSION_AUTH_SETTINGS) private readonly settings: SessionAuthSettings,
  ) {}

  /** Resolves to true if the request may pass, and throws if it may not. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!(await this.users.of(context))) throw this.#notSignedIn(context);
    const needed = requiredPermissions(context);
    if (needed.length > 0 && !(await this.users.may(context, needed))) {
      throw new ForbiddenException('This takes a permission that you do not have.');
    }
    return true;
  }

  #notSignedIn(context: ExecutionContext): HttpException {
    const { redirectTo } = this.settings;
    const redirect = redirectTo === undefined ? undefined : redirectToSignIn(context, redirectTo);
    return redirect ?? new UnauthorizedException('Sign in first.');
  }
}
