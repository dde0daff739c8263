import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { SessionError } from '../core/session-errors.js';
import { SessionStore } from '../core/session-store.js';
import { admitAll } from './request-entrance.js';
import { SessionInterceptor } from './session.interceptor.js';
import { SessionExceptionFilter } from './session-exception.filter.js';
import { SessionMiddleware } from './session.middleware.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
} from './session.module-definition.js';
import { Sessions } from './sessions.service.js';

/**
 * Gives every request a session.
 *
 * ```ts
 * @Module({ imports: [SessionModule.forRoot({ store: RedisSessionStore })] })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({
  providers: [
    Sessions,
    SessionInterceptor,
    SessionMiddleware,
    { provide: APP_FILTER, useClass: SessionExceptionFilter },
  ],
  exports: [Sessions, SessionInterceptor, SessionMiddleware, SessionStore],
})
export class SessionModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    private readonly middleware: SessionMiddleware,
    modules: ModulesContainer,
  ) {
    super();
    refuseTwo(modules);
  }

  /** Options that are known when the module is declared. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Options that a factory or a class makes, of providers it injects; the store stands beside them. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  configure(): void {
    admitAll(this.adapterHost.httpAdapter, this.middleware.admit);
  }
}

/** Of two, each would have a store and a cookie of its own, and it would be chance whose a request got. */
function refuseTwo(modules: ModulesContainer): void {
  const ours = [...modules.values()].filter(({ metatype }) => metatype === SessionModule);
  if (ours.length === 1) return;
  throw new SessionError(
    'SESSION_CONFIG_INVALID',
    `\`SessionModule.forRoot()\` is imported ${ours.length} times. Import it once, in the root module: the others have sessions by that. Where they inject \`Sessions\` and \`isGlobal\` is false, import the same dynamic module, kept in a constant.`,
  );
}
