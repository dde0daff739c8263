import type {
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Type,
} from '@nestjs/common';
import type { LimitOptions } from '../commit/commit-settings.js';
import type { CookieOptions } from '../cookie/cookie-options.js';
import type { LifetimeOptions } from '../core/lifetime.js';
import type { SessionStore } from '../core/session-store.js';

/**
 * What `forRoot` takes and what the factory of `forRootAsync` makes.
 *
 * @publicApi
 */
export interface SessionOptions {
  /** How long sessions live. */
  readonly lifetime?: LifetimeOptions;
  /** The cookie that carries the session id. */
  readonly cookie?: CookieOptions;
  /** How much a session may take. */
  readonly limits?: LimitOptions;
}

/**
 * Makes the options; the class that `forRootAsync({ useClass | useExisting })` names.
 *
 * @publicApi
 */
export interface SessionOptionsFactory {
  createSessionOptions(): SessionOptions | Promise<SessionOptions>;
}

/**
 * A store: an instance, a class that Nest builds with its dependencies, or how to come by one.
 *
 * @publicApi
 */
export type StoreProvider =
  | SessionStore
  | Type<SessionStore>
  | { readonly useClass: Type<SessionStore> }
  | { readonly useExisting: InjectionToken<SessionStore> }
  | {
      readonly useFactory: (...dependencies: never[]) => SessionStore | Promise<SessionStore>;
      readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
    };

/**
 * What is decided when the module is declared, not by the options factory.
 *
 * @publicApi
 */
export interface SessionModuleExtras {
  /**
   * Where sessions are kept.
   *
   * @default a MemorySessionStore, which forgets them when the process ends
   */
  readonly store?: StoreProvider;
  /** Modules that export what the store needs. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * False makes `Sessions` and `SessionStore` injectable only where the module is imported; requests have sessions
   * all the same.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
}
