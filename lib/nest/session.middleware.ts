import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { httpSessionOf, sessionOfRequest } from './http-session.js';
import { Sessions } from './sessions.service.js';

/**
 * Makes room for the session of a request, before anybody else sees it. The module has the server do so; where requests
 * come without a server (an Express application that a cloud function calls), apply it yourself, before what needs
 * the session: `app.use(app.get(SessionMiddleware).use)`.
 *
 * @publicApi
 */
@Injectable()
export class SessionMiddleware implements NestMiddleware {
  constructor(private readonly sessions: Sessions) {}

  readonly use = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    this.admit(request, response);
    next();
  };

  /** @internal */
  readonly admit = (request: IncomingMessage, response: ServerResponse): void => {
    if (httpSessionOf(request)) return;
    this.sessions.attachTo({ request, response });
    if (!('session' in request)) Object.defineProperty(request, 'session', SESSION_PROPERTY);
  };
}

/**
 * `request.session`, which is what the `Session` decorator of @nestjs/common reads: importing the wrong one still
 * hands over our session. Assigning replaces it, for who brings a session of another kind.
 *
 * @internal
 */
export const SESSION_PROPERTY: PropertyDescriptor & ThisType<IncomingMessage> = {
  configurable: true,
  enumerable: false,
  get: sessionOfRequest,
  set(value: unknown) {
    Object.defineProperty(this, 'session', {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  },
};
