import type { ModuleMetadata } from '@nestjs/common';
import type { LimitOptions } from '../commit/commit-settings.js';
import type { CookieOptions } from '../cookie/cookie-options.js';
import type { LifetimeOptions } from '../core/lifetime.js';
import type { SessionListener } from '../core/session-event.js';
import type { SessionStore } from '../core/session-store.js';
import type { ProviderRecipe } from './provider-recipe.js';

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
export type StoreProvider = ProviderRecipe<SessionStore>;

/**
 * A listener: an instance, a class that Nest builds with its dependencies, or how to come by one.
 *
 * @publicApi
 */
export type ListenerProvider = ProviderRecipe<SessionListener>;

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
  /**
   * Hears of logins, logouts, rotations, revocations and of ids that lead nowhere, for an audit log. Events name sessions by
   * a fingerprint, which is keyed with the first of `cookie.secrets`; without one, with a key of this process, so that
   * those of different processes differ.
   *
   * @default none
   */
  readonly listener?: ListenerProvider;
  /** Modules that export what the store and the listener need. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * False makes `Sessions` and `SessionStore` injectable only where the module is imported; requests have sessions
   * all the same.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
}
