import type { ArgumentsHost } from '@nestjs/common';
import { presentedBy } from '../commit/open-session.js';
import { readSessionIds } from '../cookie/cookie-header.js';
import type { SessionBackend } from '../core/session/session-phase.js';
import { type MessageOrigin, MessageSession } from './message-session.js';
import { runningSession } from './running-handler.js';
import { exchangeOf, rawRequest } from './session-context.js';
import type { SessionSettings } from './session-settings.js';

/**
 * The sessions of messages to gateways and microservices. Each message has its own handle.
 *
 * @internal
 */
export class MessageSessions {
  readonly #byArguments = new WeakMap<object, MessageSession>();

  constructor(
    private readonly settings: SessionSettings,
    private readonly backend: SessionBackend,
  ) {}

  /**
   * Guards and interceptors share the arguments array of a message; parameters are resolved inside the running handler.
   * Undefined if the message does not identify a session.
   */
  of(host: ArgumentsHost): MessageSession | undefined {
    const args = host.getArgs<unknown[]>();
    const running = runningSession();
    if (running instanceof MessageSession && running.hasArguments(args)) return running;
    return this.#byArguments.get(args) ?? this.#open(host, args);
  }

  #open(host: ArgumentsHost, args: unknown[]): MessageSession | undefined {
    const origin = host.getType() === 'rpc' ? this.#named(host) : this.#shaken(host);
    if (!origin) return undefined;
    const session = new MessageSession(this.backend, args, origin);
    this.#byArguments.set(args, session);
    return session;
  }

  /** A gateway message belongs to the session of its handshake. */
  #shaken(host: ArgumentsHost): MessageOrigin | undefined {
    const request = exchangeOf(host)?.request;
    if (!request) return undefined;
    const { cookie } = rawRequest(request).headers;
    return { ids: () => readSessionIds(cookie, this.settings.cookie), request };
  }

  /** A microservice message has no cookie, so the application extracts the id. */
  #named(host: ArgumentsHost): MessageOrigin | undefined {
    const { sessionIdOf } = this.settings;
    return sessionIdOf && { ids: () => presentedBy(sessionIdOf(host)) };
  }
}

/** Whether a context belongs to a message, which has no HTTP response. @internal */
export function isMessage(host: ArgumentsHost): boolean {
  return host.getType() === 'ws' || host.getType() === 'rpc';
}
