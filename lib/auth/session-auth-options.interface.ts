import type { ModuleMetadata } from '@nestjs/common';
import type { CustomProvider } from '../nest/custom-provider.js';
import type { PermissionLoader } from './permission-loader.js';
import type { UserLoader } from './user-loader.js';

/**
 * The options of `SessionAuthModule.forRoot`. A loader is an instance, a class that Nest instantiates with its
 * dependencies, or `{ useClass | useExisting | useFactory }`. It cannot be request-scoped.
 *
 * @publicApi
 */
export interface SessionAuthOptions {
  /** Loads the user of a session. */
  readonly users: CustomProvider<UserLoader>;
  /**
   * Loads the permissions of a user.
   *
   * @default none, and `@RequirePermission()` fails
   */
  readonly permissions?: CustomProvider<PermissionLoader>;
  /**
   * The address of the sign-in page. Requests for a page (`Accept: text/html`) without a signed-in user are redirected
   * there. The `next` parameter is the requested page; pass it to `safeRedirectPath`.
   *
   * @default none: all such requests get 401
   */
  readonly redirectTo?: string;
  /** Modules that export the dependencies of the loaders. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * If false, the guard and the decorators work only in modules that import this one.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
}
