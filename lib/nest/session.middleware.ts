import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { httpSessionOf } from './http-session.js';
import type { AdapterRequest } from './session-context.js';
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
  readonly admit = (request: AdapterRequest, response: ServerResponse): void => {
    const present = httpSessionOf(request);
    if (!present) this.sessions.attachTo({ request, response });
    else if ('raw' in request) present.request = request;
  };
}
