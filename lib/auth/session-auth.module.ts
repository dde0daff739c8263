import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { completeOptions } from '../core/options/complete-options.js';
import { configInvalid } from '../core/errors/session-errors.js';
import { providerFor } from '../nest/custom-provider.js';
import { CurrentUsers } from './current-users.service.js';
import { PermissionLoader } from './permission-loader.js';
import { SESSION_AUTH_SETTINGS } from './session-auth.constants.js';
import { SessionAuthGuard } from './session-auth.guard.js';
import type { SessionAuthOptions } from './session-auth-options.interface.js';
import { UserLoader } from './user-loader.js';

/** The default, which fails every check with the missing option. */
class NoPermissions extends PermissionLoader {
  override permissionsOf(): never {
    throw configInvalid('permissions', 'given where `@RequirePermission()` is used', 'nothing');
  }
}

const DEFAULTS: Required<Omit<SessionAuthOptions, 'redirectTo'>> & {
  readonly redirectTo: string | undefined;
} = Object.freeze({
  users: undefined as never,
  permissions: NoPermissions,
  redirectTo: undefined,
  imports: [],
  isGlobal: true,
});

/**
 * Provides `SessionAuthGuard` and its decorators with users. Import it beside `SessionModule`.
 *
 * ```ts
 * @Module({ imports: [SessionModule.forRoot(), SessionAuthModule.forRoot({ users: MyUserLoader })] })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({})
export class SessionAuthModule {
  /** Throws SESSION_CONFIG_INVALID for an invalid option. */
  static forRoot(options: SessionAuthOptions): DynamicModule {
    const { users, permissions, redirectTo, imports, isGlobal } = completeOptions(
      'SessionAuthModule.',
      options,
      DEFAULTS,
    );
    if (redirectTo === '') throw configInvalid('redirectTo', 'an address', 'an empty text');
    const providers: Provider[] = [
      providerFor<UserLoader>(UserLoader, 'users', users),
      providerFor<PermissionLoader>(PermissionLoader, 'permissions', permissions),
      { provide: SESSION_AUTH_SETTINGS, useValue: { redirectTo } },
      CurrentUsers,
      SessionAuthGuard,
    ];
    return {
      module: SessionAuthModule,
      global: isGlobal,
      imports: imports ?? [],
      providers,
      exports: providers,
    };
  }
}
