export { openSession } from './commit/open-session.js';
export type { CommitOptions, LimitOptions, PerUserLimit } from './commit/commit-settings.js';
export type { ListOptions, UserSession } from './commit/user-session.js';
export type { CookieOptions } from './cookie/cookie-options.js';
export type { Clock } from './core/clock.js';
export type { Duration } from './core/duration.js';
export type { LifetimeOptions, LifetimeRule, SessionLifetime } from './core/lifetime.js';
export type { SessionStatus } from './core/session.js';
export type { Frozen, SessionData, Storable } from './core/session-data.js';
export { sessionKey, type SessionKey, type SessionKeyOptions } from './core/session-key.js';
export { type SessionEvent, type SessionEventType, SessionListener } from './core/session-event.js';
export { SessionError, type SessionErrorCode } from './core/session-errors.js';
export {
  decodeRecord,
  encodeRecord,
  type LiveRecord,
  type Tombstone,
  type SessionRecord,
} from './core/session-record.js';
export {
  type ExpiredDeletion,
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type StoreTime,
  type UserIndex,
} from './core/session-store.js';
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
