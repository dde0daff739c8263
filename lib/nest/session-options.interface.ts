import type { ArgumentsHost, ModuleMetadata } from '@nestjs/common';
import type { LimitOptions } from '../commit/commit-settings.js';
import type { CookieOptions } from '../cookie/cookie-options.js';
import type { LifetimeOptions } from '../core/options/lifetime.js';
import type { SessionListener } from '../core/session/session-event.js';
import type { SessionStore } from '../core/record/session-store.js';
import type { CustomProvider } from './custom-provider.js';

/**
 * The options of `forRoot`, and the result of the factory of `forRootAsync`.
 *
 * @publicApi
 */
export interface SessionOptions {
  /** How long sessions live. */
  readonly lifetime?: LifetimeOptions;
  /** The cookie that carries the session id. */
  readonly cookie?: CookieOptions;
  /** Limits on the size of a session and on the sessions per user. */
  readonly limits?: LimitOptions;
  /** How messages of `@nestjs/microservices` identify their session. */
  readonly messages?: MessageOptions;
}

/**
 * How messages of `@nestjs/microservices` identify their session.
 *
 * @publicApi
 */
export interface MessageOptions {
  /**
   * Extracts the `session.id` from a message, which carries no cookie: from its headers, its metadata or its payload,
   * wherever the sender put it. If it returns undefined or a malformed id, the message has no session.
   *
   * The id grants the same access as the cookie, so send it over private transports only, and never log it.
   *
   * @default none: `@Session()` in a message handler throws SESSION_NOT_AVAILABLE
   */
  readonly sessionId?: ((host: ArgumentsHost) => string | undefined) | undefined;
}

/**
 * Creates the options, for `forRootAsync({ useClass | useExisting })`.
 *
 * @publicApi
 */
export interface SessionOptionsFactory {
  /** Called once, at boot. */
  createSessionOptions(): SessionOptions | Promise<SessionOptions>;
}

/**
 * A store: an instance, a class that Nest instantiates with its dependencies, or a custom provider.
 *
 * @publicApi
 */
export type StoreProvider = CustomProvider<SessionStore>;

/**
 * A listener: an instance, a class that Nest instantiates with its dependencies, or a custom provider.
 *
 * @publicApi
 */
export type ListenerProvider = CustomProvider<SessionListener>;

/**
 * Options that are set when the module is declared, not by the options factory.
 *
 * @publicApi
 */
export interface SessionModuleExtras {
  /**
   * Where sessions are kept.
   *
   * @default a MemorySessionStore, which loses them when the process ends
   */
  readonly store?: StoreProvider;
  /**
   * Receives events for an audit log: logins, logouts, rotations, revocations, and ids that match no session. Each
   * event has a fingerprint of its session, keyed with the first of `cookie.secrets`. Without secrets, each process
   * uses a random key, so fingerprints differ between processes.
   *
   * @default none
   */
  readonly listener?: ListenerProvider;
  /** Modules that export the dependencies of the store and the listener. */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * If false, `Sessions` and `SessionStore` are injectable only in modules that import this one. Requests have sessions
   * in either case.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
}
