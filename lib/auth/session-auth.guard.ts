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
import { neededPermissions } from './needed-permissions.js';
import { SESSION_AUTH_SETTINGS, type SessionAuthSettings } from './session-auth.constants.js';
import { redirectToSignIn } from './sign-in-redirect.js';

/**
 * Lets in who is signed in, by a session whose user still exists and has the credentials of then; and where
 * `@RequirePermission()` stands, who has the permissions.
 *
 * Others get 401, or where `redirectTo` is set and the request asks for a page, a redirect there. A user without the
 * permissions gets 403.
 *
 * @publicApi
 */
@Injectable()
export class SessionAuthGuard implements CanActivate {
  constructor(
    @Inject(CurrentUsers) private readonly users: CurrentUsers,
    @Inject(SESSION_AUTH_SETTINGS) private readonly settings: SessionAuthSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!(await this.users.of(context))) throw this.#notSignedIn(context);
    const needed = neededPermissions(context);
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
