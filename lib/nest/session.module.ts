import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { SessionError } from '../core/errors/session-errors.js';
import { SessionStore } from '../core/record/session-store.js';
import { addRequestHook } from './request-hook.js';
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
export class SessionModule extends ConfigurableModuleClass {
  /** @internal */
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    private readonly middleware: SessionMiddleware,
    modules: ModulesContainer,
  ) {
    super();
    refuseTwo(modules);
  }

  /** Takes options that are known when the module is declared. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Takes options from a factory or a class with injected dependencies; the store is given beside them. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /** @internal */
  configure(): void {
    addRequestHook(this.adapterHost.httpAdapter, this.middleware.attachSession);
  }
}

/** Two modules would each have a store and a cookie, and which of them a request gets would be arbitrary. */
function refuseTwo(modules: ModulesContainer): void {
  const ours = [...modules.values()].filter(({ metatype }) => metatype === SessionModule);
  if (ours.length === 1) return;
  throw new SessionError(
    'SESSION_CONFIG_INVALID',
    `\`SessionModule.forRoot()\` is imported ${ours.length} times. Import it once, in the root module: the others have sessions by that. Where they inject \`Sessions\` and \`isGlobal\` is false, import the same dynamic module, kept in a constant.`,
  );
}
