import {
  type ArgumentsHost,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { SessionCommitter } from '../commit/committer.js';
import { presentedBy } from '../commit/open-session.js';
import { type ListOptions, type UserSession, userSessionOf } from '../commit/user-session.js';
import { StoreAccess } from '../commit/store-access.js';
import { UserSessions } from '../commit/user-sessions.js';
import { lineageBehind } from '../commit/lineage.js';
import { Session } from '../core/session/session.js';
import type { SessionData, Storable } from '../core/session/session-data.js';
import { noSessionHere, sessionNotNamed } from '../core/errors/session-errors.js';
import { SessionListener } from '../core/session/session-event.js';
import { SessionState } from '../core/session/session-state.js';
import { SessionStore } from '../core/record/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import { FailureLog } from './failure-log.js';
import {
  HttpSession,
  httpSessionBehind,
  httpSessionOf,
  rememberHttpSession,
} from './http-session.js';
import {
  type AdapterRequest,
  type Exchange,
  exchange,
  exchangeOf,
  isArgumentsHost,
  rawRequest,
} from './session-context.js';
import { SessionEventPublisher } from './session-event-publisher.js';
import { MODULE_OPTIONS_TOKEN } from './session.module-definition.js';
import type { SessionOptions } from './session-options.interface.js';
import { parseSessionOptions, type SessionSettings, signingSecret } from './session-settings.js';
import type { MessageSession } from './message-session.js';
import { isMessage, MessageSessions } from './message-sessions.js';
import { registerApplication, registerClasses } from './session-runtimes.js';
import { isSkipped } from './skip-session.decorator.js';
import { type InsecureClient, transportWarning } from './transport-security.js';
import { wrongDecoratorWarning } from './wrong-decorator.js';

/**
 * Provides sessions where `@Session()` is not available: in guards, middleware, filters and services, and outside of
 * requests.
 *
 * @publicApi
 */
@Injectable()
export class Sessions {
  readonly #logger = new Logger('SessionModule');
  readonly #failures = new FailureLog(this.#logger);
  /** @internal */
  readonly settings: SessionSettings;
  /** @internal */
  readonly backend: SessionCommitter;
  readonly #byUser: UserSessions;
  readonly #messages: MessageSessions;
  readonly #warnedOf = new Set<InsecureClient>();

  /** @internal */
  constructor(
    private readonly store: SessionStore,
    @Inject(MODULE_OPTIONS_TOKEN) options: SessionOptions,
    private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Optional() @Inject(SessionListener) listener?: SessionListener,
  ) {
    const { clock } = StoreAccess.to(store);
    const publisher = listener && this.#publisherTo(listener, options);
    this.settings = parseSessionOptions(
      options,
      clock,
      (message, cause) =>
        this.#logger.warn(cause instanceof Error ? `${message} (${cause.message})` : message),
      publisher?.emit,
    );
    this.backend = new SessionCommitter(store, this.settings.commit);
    this.#byUser = new UserSessions(store, this.settings.commit);
    this.#messages = new MessageSessions(this.settings, this.backend);
    if (adapterHost.httpAdapter) registerApplication(adapterHost, this);
  }

  /** @internal */
  onModuleInit(): void {
    registerClasses(this.modules, this);
    const warning = wrongDecoratorWarning(this.modules);
    if (warning) this.#logger.warn(warning);
    if (this.store instanceof MemorySessionStore && process.env.NODE_ENV === 'production') {
      this.#logger.warn(
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
    const found = isArgumentsHost(target) ? this.#within(target) : this.attach(target);
    if (!found) throw noSessionHere();
    return found.session as unknown as Session<T>;
  }

  /**
   * Opens a session by its id without a request, for example in a cron job or a queue. Without an id, or with one that
   * is malformed, unknown or expired, the session is new. Nothing is written before `save`, `update` or `take`.
   */
  open<T extends Storable<T> = SessionData>(id?: string): Session<T> {
    return new Session<T>(new SessionState(this.backend, presentedBy(id)));
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
    return records.map((record) => userSessionOf<T>(record, this.settings.commit.lifetimes, view));
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

  /**
   * Finds or attaches the session of an exchange, without opening it yet.
   *
   * @internal
   */
  attach(target: ArgumentsHost | AdapterRequest): HttpSession | undefined {
    if (!isArgumentsHost(target)) return this.attachTo(exchange(target, responseTo(target)));
    const found = exchangeOf(target);
    if (!found) return undefined;
    const session = this.attachTo(found);
    session.noteHeaders(found);
    return session;
  }

  /**
   * The session of a message to a gateway or a microservice.
   *
   * @internal
   */
  message(host: ArgumentsHost): MessageSession | undefined {
    return this.#messages.of(host);
  }

  /** @internal */
  attachTo(found: Pick<Exchange, 'request' | 'response'>): HttpSession {
    const { request, response } = found;
    const present = httpSessionOf(request) ?? (response && httpSessionBehind(response));
    if (present?.response) {
      if (rawRequest(request) !== request) present.request = request;
      return present;
    }
    const session = new HttpSession(this, found);
    rememberHttpSession(found.request, session);
    return session;
  }

  #within(host: ArgumentsHost): { readonly session: Session } | undefined {
    if (isSkipped(host)) return undefined;
    const found = isMessage(host) ? this.message(host) : this.attach(host);
    if (!found && host.getType() === 'rpc') throw sessionNotNamed();
    return found;
  }

  #publisherTo(listener: SessionListener, options: SessionOptions): SessionEventPublisher {
    return new SessionEventPublisher(
      listener,
      signingSecret(options),
      StoreAccess.to(this.store).clock,
      (problem) => this.#logger.error(problem),
    );
  }

  /** @internal */
  reportFailure(error: unknown): void {
    this.#failures.add(error);
  }

  /** @internal */
  warnOfInsecureTransport(client: InsecureClient): void {
    if (this.#warnedOf.has(client)) return;
    this.#warnedOf.add(client);
    this.#logger.warn(transportWarning(client));
  }
}

/** The response of a bare request: known if a session is attached to it, and on Express. */
function responseTo(request: AdapterRequest & { readonly res?: unknown }): Exchange['response'] {
  return httpSessionOf(request)?.response ?? (request.res as Exchange['response']);
}
