import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { SessionStore } from '../core/session-store.js';
import { httpSessionOf } from './http-session.js';
import { type AdapterRequest } from './session-context.js';
import { SessionExceptionFilter } from './session-exception.filter.js';
import { SessionInterceptor } from './session.interceptor.js';
import { SessionMiddleware } from './session.middleware.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
} from './session.module-definition.js';
import { Sessions } from './sessions.service.js';

/** What Fastify's instance has and no other adapter's. */
interface RequestDecorable {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, property: { getter(this: AdapterRequest): unknown }): void;
}

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
    { provide: APP_INTERCEPTOR, useClass: SessionInterceptor },
    { provide: APP_FILTER, useClass: SessionExceptionFilter },
  ],
  exports: [Sessions, SessionMiddleware, SessionStore],
})
export class SessionModule extends ConfigurableModuleClass implements NestModule {
  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {
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

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SessionMiddleware).forRoutes('{*splat}');
    const instance: unknown = this.adapterHost.httpAdapter?.getInstance();
    if (isRequestDecorable(instance) && !instance.hasRequestDecorator('session')) {
      instance.decorateRequest('session', { getter: sessionOfRequest });
    }
  }
}

/** `request.session` on Fastify; see SESSION_PROPERTY of the middleware. */
function sessionOfRequest(this: AdapterRequest): unknown {
  return httpSessionOf(this)?.session;
}

function isRequestDecorable(instance: unknown): instance is RequestDecorable {
  return typeof instance === 'object' && instance !== null && 'decorateRequest' in instance;
}
