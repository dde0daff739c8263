import {
  type ArgumentsHost,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { SessionCommitter } from '../commit/committer.js';
import { presentedBy } from '../commit/open-session.js';
import { type ListOptions, type UserSession, userSessionOf } from '../commit/user-session.js';
import { StoreAccess } from '../commit/store-access.js';
import { UserSessions } from '../commit/user-sessions.js';
import { visitBehind } from '../commit/visit.js';
import { Session } from '../core/session.js';
import type { SessionData } from '../core/session-data.js';
import { noSessionHere } from '../core/session-errors.js';
import { SessionListener } from '../core/session-event.js';
import { SessionState } from '../core/session-state.js';
import { SessionStore } from '../core/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import { FailureLog } from './failure-log.js';
import {
  HttpSession,
  type HttpSessionHost,
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
import { SessionAnnouncer } from './session-announcer.js';
import { MODULE_OPTIONS_TOKEN } from './session.module-definition.js';
import type { SessionOptions } from './session-options.interface.js';
import { parseSessionOptions, type SessionSettings, signingSecret } from './session-settings.js';
import { MessageSessions } from './message-sessions.js';
import { hostApplication, hostClasses } from './session-hosts.js';
import { isSkipped } from './skip-session.decorator.js';
import { type CookieLoser, transportWarning } from './transport-security.js';
import { wrongDecoratorWarning } from './wrong-decorator.js';

/**
 * Gives out sessions: where `@Session()` does not reach (guards, middleware, filters, services), and where there is no
 * request at all.
 *
 * @publicApi
 */
@Injectable()
export class Sessions implements HttpSessionHost, OnModuleInit {
  readonly #logger = new Logger('SessionModule');
  readonly #failures = new FailureLog(this.#logger);
  /** @internal */
  readonly settings: SessionSettings;
  /** @internal */
  readonly backend: SessionCommitter;
  readonly #byUser: UserSessions;
  readonly #messages = new MessageSessions();
  readonly #warnedOf = new Set<CookieLoser>();

  constructor(
    private readonly store: SessionStore,
    @Inject(MODULE_OPTIONS_TOKEN) options: SessionOptions,
    private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Optional() @Inject(SessionListener) listener?: SessionListener,
  ) {
    const { clock } = StoreAccess.to(store);
    const announcer = listener && this.#announcerTo(listener, options);
    this.settings = parseSessionOptions(
      options,
      clock,
      (message, cause) =>
        this.#logger.warn(cause instanceof Error ? `${message} (${cause.message})` : message),
      announcer?.tell,
    );
    this.backend = new SessionCommitter(store, this.settings.commit);
    this.#byUser = new UserSessions(store, this.settings.commit);
    if (adapterHost.httpAdapter) hostApplication(adapterHost, this);
  }

  onModuleInit(): void {
    hostClasses(this.modules, this);
    const warning = wrongDecoratorWarning(this.modules);
    if (warning) this.#logger.warn(warning);
    if (this.store instanceof MemorySessionStore && process.env.NODE_ENV === 'production') {
      this.#logger.warn(
        'Sessions are kept in the memory of this process: they end with it, and other processes do not see them. Choose another `store` for production.',
      );
    }
  }

  /**
   * The session of a request: the same one for all who ask during that request. In a gateway, guards, interceptors and
   * the handler of a message share a handle on the session of the handshake; `SessionInterceptor`, which `@Session()`
   * binds, writes what they change.
   *
   * Takes the context that guards and interceptors get, the host that filters get, or the request itself, as a
   * middleware gets it. Throws SESSION_NOT_AVAILABLE on a route with `@SkipSession()` and where there is no request.
   */
  of<T extends object = SessionData>(
    target: ExecutionContext | ArgumentsHost | AdapterRequest,
  ): Session<T> {
    if (isArgumentsHost(target) && isSkipped(target)) throw noSessionHere();
    const found = this.attach(target);
    if (!found) throw noSessionHere();
    return found.session as unknown as Session<T>;
  }

  /**
   * A session by its id, without a request: for a cron job or a queue. Without an id, or with one that is malformed,
   * unknown or expired, it is new. Nothing is written before `save`, `update` or `take`.
   */
  open<T extends object = SessionData>(id?: string): Session<T> {
    return new Session<T>(new SessionState(this.backend, presentedBy(id)));
  }

  /**
   * The live sessions of a user, oldest sign-in first: what a page shows that lists where the user is signed in. `show`
   * names the keys whose values it may see, none by default; `current` the session that is marked as the one in use.
   * Its cost grows with the sessions that the user has.
   *
   * Rejects with SESSION_STORE_UNAVAILABLE when the store does not answer in time, and with SESSION_CONFIG_INVALID when it
   * cannot find sessions by user. So do `revoke` and `revokeAll`.
   */
  async listByUser<T extends object = SessionData>(
    userId: string,
    { current, show = [] }: ListOptions<T> = {},
  ): Promise<UserSession<T>[]> {
    const currentVisit = await visitBehind(current);
    const records = await this.#byUser.list(userId);
    const view = { currentVisit, show };
    return records.map((record) => userSessionOf<T>(record, this.settings.commit.lifetimes, view));
  }

  /**
   * Ends the session that a handle of `listByUser` names, and resolves to whether there was one: on every server, no
   * request that comes after that finds it, and none under way can write to it.
   *
   * A handle is as good as the right to end its session. One that comes from a client has to be checked: with `userId`,
   * the sessions of that user are ended and no others. What is no handle, of another user, or of a session that has
   * ended: false.
   */
  revoke(handle: string, { userId }: { readonly userId?: string } = {}): Promise<boolean> {
    return this.#byUser.endNamed(handle, userId);
  }

  /**
   * Ends all sessions of a user, but for `except`, and resolves to how many there were: on every server, each that was
   * there when this was called is over. A login at the same time is over too, or comes after it. Whoever has to be out
   * for good must be unable to sign in before this is called.
   *
   * Where it rejects, some may have ended; call it again. Rejects with SESSION_GONE, having ended none, where another
   * request has given `except` a new id meanwhile.
   */
  async revokeAll(
    userId: string,
    { except }: { readonly except?: Session<object> | undefined } = {},
  ): Promise<number> {
    return this.#byUser.endAll(userId, await visitBehind(except));
  }

  /**
   * Finds the session of an exchange or makes room for one, without asking anything of it yet.
   *
   * @internal
   */
  attach(target: ArgumentsHost | AdapterRequest): HttpSession | undefined {
    if (!isArgumentsHost(target)) return this.attachTo(exchange(target, responseTo(target)));
    const found = exchangeOf(target);
    if (!found) return undefined;
    if (isMessage(target))
      return this.#messages.of(target, found.request, () => new HttpSession(this, found));
    const session = this.attachTo(found);
    if (!session.hasNotedHeaders) session.noteHeaders(found);
    return session;
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

  #announcerTo(listener: SessionListener, options: SessionOptions): SessionAnnouncer {
    return new SessionAnnouncer(
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
  warnOfInsecureTransport(client: CookieLoser): void {
    if (this.#warnedOf.has(client)) return;
    this.#warnedOf.add(client);
    this.#logger.warn(transportWarning(client));
  }
}

function isMessage(target: ArgumentsHost | AdapterRequest): target is ArgumentsHost {
  return isArgumentsHost(target) && target.getType() === 'ws';
}

/** The response that goes with a bare request: known where a middleware of ours went first, and to Express. */
function responseTo(request: AdapterRequest & { readonly res?: unknown }): Exchange['response'] {
  return httpSessionOf(request)?.response ?? (request.res as Exchange['response']);
}
