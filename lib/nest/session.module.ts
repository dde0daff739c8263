import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { SessionStore } from '../core/session-store.js';
import { admitAll } from './request-entrance.js';
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
    SessionMiddleware,
    { provide: APP_FILTER, useClass: SessionExceptionFilter },
  ],
  exports: [Sessions, SessionMiddleware, SessionStore],
})
export class SessionModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    private readonly middleware: SessionMiddleware,
  ) {
    super();
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
