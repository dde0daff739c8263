import {
  type ArgumentsHost,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { SessionCommitter } from '../commit/committer.js';
import { presentedBy } from '../commit/open-session.js';
import { systemClock } from '../core/clock.js';
import { Session } from '../core/session.js';
import type { SessionData } from '../core/session-data.js';
import { noSessionHere } from '../core/session-errors.js';
import { SessionState } from '../core/session-state.js';
import { SessionStore } from '../core/session-store.js';
import { MemorySessionStore } from '../stores/memory/index.js';
import {
  HttpSession,
  type HttpSessionHost,
  httpSessionOf,
  rememberHttpSession,
} from './http-session.js';
import {
  type AdapterRequest,
  type Exchange,
  exchange,
  exchangeOf,
  isArgumentsHost,
} from './session-context.js';
import { describeFailure } from './session-exception.mapper.js';
import { MODULE_OPTIONS_TOKEN } from './session.module-definition.js';
import type { SessionOptions } from './session-options.interface.js';
import { parseSessionOptions, type SessionSettings } from './session-settings.js';
import { hostClasses } from './session-hosts.js';
import { isSkipped } from './skip-session.decorator.js';

/**
 * Gives out sessions: where `@Session()` does not reach (guards, middleware, filters, services), and where there is no
 * request at all.
 *
 * @publicApi
 */
@Injectable()
export class Sessions implements HttpSessionHost, OnModuleInit {
  readonly #logger = new Logger('SessionModule');
  /** @internal */
  readonly settings: SessionSettings;
  /** @internal */
  readonly backend: SessionCommitter;
  #hasWarnedOfTransport = false;

  constructor(
    private readonly store: SessionStore,
    @Inject(MODULE_OPTIONS_TOKEN) options: SessionOptions,
    private readonly modules: ModulesContainer,
  ) {
    this.settings = parseSessionOptions(options, systemClock, (message, cause) =>
      this.#logger.warn(cause instanceof Error ? `${message} (${cause.message})` : message),
    );
    this.backend = new SessionCommitter(store, this.settings.commit);
  }

  onModuleInit(): void {
    hostClasses(this.modules, this);
    if (this.store instanceof MemorySessionStore && process.env.NODE_ENV === 'production') {
      this.#logger.warn(
        'Sessions are kept in the memory of this process: they end with it, and other processes do not see them. Choose another `store` for production.',
      );
    }
  }

  /**
   * The session of a request: the same one for all who ask during that request. In a gateway, each call gives a handle
   * of its own on the session of the handshake, to be saved explicitly.
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
   * Finds the session of an exchange or makes room for one, without asking anything of it yet.
   *
   * @internal
   */
  attach(target: ArgumentsHost | AdapterRequest): HttpSession | undefined {
    const found = isArgumentsHost(target)
      ? exchangeOf(target)
      : exchange(target, responseTo(target));
    return found && this.attachTo(found);
  }

  /** @internal */
  attachTo(found: Exchange): HttpSession {
    const present = httpSessionOf(found.request);
    if (present?.response) {
      if ('raw' in found.request) present.request = found.request;
      return present;
    }
    const session = new HttpSession(this, found);
    rememberHttpSession(found.request, session);
    return session;
  }

  /** @internal */
  reportFailure(error: unknown): void {
    this.#logger.error(describeFailure(error));
  }

  /** @internal */
  warnOfInsecureTransport(): void {
    if (this.#hasWarnedOfTransport) return;
    this.#hasWarnedOfTransport = true;
    this.#logger.warn(
      'The session cookie is Secure and a request for it came over plain HTTP, so the browser will not keep it. Behind a proxy that ends TLS, set `trust proxy` (Express) or `trustProxy` (Fastify); to serve plain HTTP, set `cookie.secure` to false.',
    );
  }
}

/** The response that goes with a bare request: known where a middleware of ours went first, and to Express. */
function responseTo(request: AdapterRequest & { readonly res?: unknown }): Exchange['response'] {
  return httpSessionOf(request)?.response ?? (request.res as Exchange['response']);
}
