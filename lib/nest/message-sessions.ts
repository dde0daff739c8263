import type { ArgumentsHost } from '@nestjs/common';
import type { HttpSession } from './http-session.js';
import { runningSession } from './running-handler.js';
import type { AdapterRequest } from './session-context.js';

/**
 * The sessions of the messages that gateways get: each has a handle of its own on the session of its handshake.
 *
 * @internal
 */
export class MessageSessions {
  readonly #byArguments = new WeakMap<object, HttpSession>();

  /** Guards and interceptors share the arguments of a message; its parameters are made within its handler. */
  of(host: ArgumentsHost, handshake: AdapterRequest, open: () => HttpSession): HttpSession {
    const running = runningSession();
    if (running?.request === handshake) return running;
    const args = host.getArgs<unknown[]>();
    let session = this.#byArguments.get(args);
    if (!session) this.#byArguments.set(args, (session = open()));
    return session;
  }
}
