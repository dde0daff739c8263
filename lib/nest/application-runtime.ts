import { type ArgumentsHost, Logger } from '@nestjs/common';
import { SessionCommitter } from '../commit/committer.js';
import { StoreAccess } from '../commit/store-access.js';
import { noSessionHere, sessionNotNamed } from '../core/errors/session-errors.js';
import type { SessionStore } from '../core/record/session-store.js';
import type { Session } from '../core/session/session.js';
import type { SessionListener } from '../core/session/session-event.js';
import { FailureLog } from './failure-log.js';
import { HttpSession } from './http-session.js';
import { httpSessionBehind, httpSessionOf, rememberHttpSession } from './http-session-slot.js';
import type { MessageSession } from './message-session.js';
import { isMessage, MessageSessions } from './message-sessions.js';
import {
  type AdapterRequest,
  type Exchange,
  exchange,
  exchangeOf,
  isArgumentsHost,
  rawRequest,
} from './session-context.js';
import { SessionEventPublisher } from './session-event-publisher.js';
import type { SessionOptions } from './session-options.interface.js';
import type { SessionRuntime } from './session-runtime.js';
import { parseSessionOptions, type SessionSettings, signingSecret } from './session-settings.js';
import { isSkipped } from './skip-session.decorator.js';
import { type InsecureClient, transportWarning } from './transport-security.js';

/**
 * The sessions of one application: finds the one of a request or a message, and logs their failures.
 *
 * @internal
 */
export class ApplicationRuntime implements SessionRuntime {
  readonly #logger = new Logger('SessionModule');
  readonly #failures = new FailureLog(this.#logger);
  readonly settings: SessionSettings;
  readonly backend: SessionCommitter;
  readonly #messages: MessageSessions;
  readonly #warnedOf = new Set<InsecureClient>();

  constructor(store: SessionStore, options: SessionOptions, listener?: SessionListener) {
    const { clock } = StoreAccess.to(store);
    const publisher =
      listener &&
      new SessionEventPublisher(listener, signingSecret(options), clock, (problem) =>
        this.#logger.error(problem),
      );
    this.settings = parseSessionOptions(
      options,
      clock,
      (message, cause) =>
        this.#logger.warn(cause instanceof Error ? `${message} (${cause.message})` : message),
      publisher?.emit,
    );
    this.backend = new SessionCommitter(store, this.settings.commit);
    this.#messages = new MessageSessions(this.settings, this.backend);
  }

  /** Throws SESSION_NOT_AVAILABLE on a route with `@SkipSession()`, and if there is no request. */
  of(target: ArgumentsHost | AdapterRequest): Session {
    const found = isArgumentsHost(target) ? this.#within(target) : this.attach(target);
    if (!found) throw noSessionHere();
    return found.session;
  }

  /** Finds or attaches the session of an exchange, without opening it yet. */
  attach(target: ArgumentsHost | AdapterRequest): HttpSession | undefined {
    if (!isArgumentsHost(target)) return this.attachTo(exchange(target, responseTo(target)));
    const found = exchangeOf(target);
    if (!found) return undefined;
    const session = this.attachTo(found);
    session.noteHeaders(found);
    return session;
  }

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

  /** The session of a message to a gateway or a microservice. */
  message(host: ArgumentsHost): MessageSession | undefined {
    return this.#messages.of(host);
  }

  warn(message: string): void {
    this.#logger.warn(message);
  }

  reportFailure(error: unknown): void {
    this.#failures.add(error);
  }

  warnOfInsecureTransport(client: InsecureClient): void {
    if (this.#warnedOf.has(client)) return;
    this.#warnedOf.add(client);
    this.warn(transportWarning(client));
  }

  #within(host: ArgumentsHost): { readonly session: Session } | undefined {
    if (isSkipped(host)) return undefined;
    const found = isMessage(host) ? this.message(host) : this.attach(host);
    if (!found && host.getType() === 'rpc') throw sessionNotNamed();
    return found;
  }
}

/** The response of a bare request: known if a session is attached to it, and on Express. */
function responseTo(request: AdapterRequest & { readonly res?: unknown }): Exchange['response'] {
  return httpSessionOf(request)?.response ?? (request.res as Exchange['response']);
}
