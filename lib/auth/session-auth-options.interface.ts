import type { ModuleMetadata } from '@nestjs/common';
import type { ProviderRecipe } from '../nest/provider-recipe.js';
import type { PermissionLoader } from './permission-loader.js';
import type { UserLoader } from './user-loader.js';

/**
 * What `SessionAuthModule.forRoot` takes. A loader is given as a store is: an instance, a class that Nest builds with its
 * dependencies, or `{ useClass | useExisting | useFactory }`. It cannot be request-scoped.
 *
 * @publicApi
 */
export interface SessionAuthOptions {
  /** Finds the users behind sessions. */
  readonly users: ProviderRecipe<UserLoader>;
  /**
   * Tells what users may do.
   *
   * @default none, and `@RequirePermission()` fails
   */
  readonly permissions?: ProviderRecipe<PermissionLoader>;
  /**
   * The address of the page for signing in. Who is not signed in and asks for a page (`Accept: text/html`) is sent there,
   * with the page asked for as the `next` parameter, to be read by `safeNext`.
   *
   * @default none: everybody gets 401
   */
  readonly redirectTo?: string;
  /** Modules that export what the loaders need. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * False makes the guard and the decorators work only where the module is imported.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
}
