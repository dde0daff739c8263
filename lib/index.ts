export { openSession } from './commit/open-session.js';
export type { CommitOptions, LimitOptions, PerUserLimit } from './commit/commit-settings.js';
export type { ListOptions, UserSession } from './commit/user-session.js';
export type { CookieOptions } from './cookie/cookie-options.js';
export type { Clock } from './core/options/clock.js';
export type { Duration } from './core/options/duration.js';
export type { LifetimeOptions, LifetimeRule, SessionLifetime } from './core/options/lifetime.js';
export type { SessionStatus } from './core/session/session-lifecycle.js';
export type { Frozen, SessionData, Storable } from './core/session/session-data.js';
export { sessionKey, type SessionKey, type SessionKeyOptions } from './core/session/session-key.js';
export {
  type SessionEvent,
  type SessionEventType,
  SessionListener,
} from './core/session/session-event.js';
export { SessionError, type SessionErrorCode } from './core/errors/session-errors.js';
export {
  decodeRecord,
  encodeRecord,
  type LiveRecord,
  type Tombstone,
  type SessionRecord,
} from './core/record/session-record.js';
export {
  type ExpiredDeletion,
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type StoreTime,
  type UserIndex,
} from './core/record/session-store.js';
export { Session } from './nest/session.decorator.js';
export type {
  ListenerProvider,
  MessageOptions,
  SessionModuleExtras,
  SessionOptions,
  SessionOptionsFactory,
  StoreProvider,
} from './nest/session-options.interface.js';
export { SessionInterceptor } from './nest/session.interceptor.js';
export { SessionMiddleware } from './nest/session.middleware.js';
export { SessionModule } from './nest/session.module.js';
export { Sessions } from './nest/sessions.service.js';
export { SkipSession } from './nest/skip-session.decorator.js';
