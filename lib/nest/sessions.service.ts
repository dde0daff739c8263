import {
  type ArgumentsHost,
  type ExecutionContext,
  Inject,
  Injectable,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { lineageBehind } from '../commit/lineage.js';
import { presentedBy } from '../commit/open-session.js';
import { type ListOptions, type UserSession, userSessionOf } from '../commit/user-session.js';
import { UserSessions } from '../commit/user-sessions.js';
import { SessionStore } from '../core/record/session-store.js';
import { Session } from '../core/session/session.js';
import type { SessionData, Storable } from '../core/session/session-data.js';
import { SessionListener } from '../core/session/session-event.js';
import { SessionState } from '../core/session/session-state.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import { ApplicationRuntime } from './application-runtime.js';
import type { AdapterRequest } from './session-context.js';
import { MODULE_OPTIONS_TOKEN } from './session.module-definition.js';
import type { SessionOptions } from './session-options.interface.js';
import { registerApplication, registerClasses } from './session-runtimes.js';
import { wrongDecoratorWarning } from './wrong-decorator.js';

/**
 * Provides sessions where `@Session()` is not available: in guards, middleware, filters and services, and outside of
 * requests.
 *
 * @publicApi
 */
@Injectable()
export class Sessions {
  /** @internal */
  readonly runtime: ApplicationRuntime;
  readonly #byUser: UserSessions;

  /** @internal */
  constructor(
    private readonly store: SessionStore,
    @Inject(MODULE_OPTIONS_TOKEN) options: SessionOptions,
    private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Optional() @Inject(SessionListener) listener?: SessionListener,
  ) {
    this.runtime = new ApplicationRuntime(store, options, listener);
    this.#byUser = new UserSessions(store, this.runtime.settings.commit);
    if (adapterHost.httpAdapter) registerApplication(adapterHost, this.runtime);
  }

  /** @internal */
  onModuleInit(): void {
    registerClasses(this.modules, this.runtime);
    const warning = wrongDecoratorWarning(this.modules);
    if (warning) this.runtime.warn(warning);
    if (this.store instanceof MemorySessionStore && process.env.NODE_ENV === 'production') {
      this.runtime.warn(
        'Sessions are kept in the memory of this process: they end with it, and other processes do not see them. Choose another `store` for production.',
      );
    }
  }

  /**
   * The session of a request; all calls during one request return the same session. Guards, interceptors and the
   * handler of a message share one handle: in a gateway on the session of the handshake, in a microservice on the
   * session that `messages.sessionId` identifies. `SessionInterceptor`, which `@Session()` binds, commits the changes
   * of a message.
   *
   * Accepts the execution context of a guard or interceptor, the arguments host of a filter, or the request of a
   * middleware. Throws SESSION_NOT_AVAILABLE on a route with `@SkipSession()`, and if there is no request.
   */
  of<T extends Storable<T> = SessionData>(
    target: ExecutionContext | ArgumentsHost | AdapterRequest,
  ): Session<T> {
    return this.runtime.of(target) as unknown as Session<T>;
  }

  /**
   * Opens a session by its id without a request, for example in a cron job or a queue. Without an id, or with one that
   * is malformed, unknown or expired, the session is new. Nothing is written before `save`, `update` or `take`.
   */
  open<T extends Storable<T> = SessionData>(id?: string): Session<T> {
    return new Session<T>(new SessionState(this.runtime.backend, presentedBy(id)));
  }

  /**
   * Lists the live sessions of a user, oldest sign-in first, for a page of the user's devices. `show` selects the keys
   * whose values are returned, none by default. `current` is the session to mark as the one in use. The cost grows with
   * the number of the user's sessions.
   *
   * Rejects with SESSION_STORE_UNAVAILABLE when the store does not answer in time, and with SESSION_CONFIG_INVALID when
   * the store cannot find sessions by user. So do `revoke` and `revokeAll`.
   */
  async listByUser<T extends Storable<T> = SessionData>(
    userId: string,
    { current, show = [] }: ListOptions<T> = {},
  ): Promise<UserSession<T>[]> {
    const currentLineage = await lineageBehind(current);
    const records = await this.#byUser.list(userId);
    const view = { currentLineage, show };
    return records.map((record) =>
      userSessionOf<T>(record, this.runtime.settings.commit.lifetimes, view),
    );
  }

  /**
   * Ends the session with this `publicId` of `listByUser`, and resolves to whether there was one. On every server,
   * later requests do not find it, and requests under way cannot write to it.
   *
   * A public id is enough to end its session. Pass `userId` with an id from a client, to leave sessions of other users
   * alone. Resolves to false for a malformed id, another user's id, or an ended session.
   */
  revoke(publicId: string, { userId }: { readonly userId?: string } = {}): Promise<boolean> {
    return this.#byUser.endNamed(publicId, userId);
  }

  /**
   * Ends all sessions of a user except `except`, and resolves to their number. Every session that existed when this was
   * called has ended on every server; a concurrent login has ended too, or counts as later. To lock a user out for
   * good, prevent new logins before calling this.
   *
   * If it rejects, some sessions may have ended; call it again. Rejects with SESSION_GONE, before ending any, if
   * another request has meanwhile given `except` a new id.
   */
  async revokeAll(
    userId: string,
    { except }: { readonly except?: Session<object> | undefined } = {},
  ): Promise<number> {
    return this.#byUser.endAll(userId, await lineageBehind(except));
  }
}
