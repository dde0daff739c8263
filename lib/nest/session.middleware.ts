import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { httpSessionOf } from './http-session-slot.js';
import type { AdapterRequest } from './session-context.js';
import { Sessions } from './sessions.service.js';

/**
 * Attaches a session to a request before other middleware runs. The module does this for every request of its HTTP
 * server. If requests bypass the server, as in an Express application called by a cloud function, apply it yourself:
 * `app.use(app.get(SessionMiddleware).use)`, before the middleware that needs the session.
 *
 * @publicApi
 */
@Injectable()
export class SessionMiddleware implements NestMiddleware {
  constructor(private readonly sessions: Sessions) {}

  /** Bound to this instance, so that it can be passed to `app.use` directly. */
  readonly use = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    this.attachSession(request, response);
    next();
  };

  /** @internal */
  readonly attachSession = (request: AdapterRequest, response: ServerResponse): void => {
    const present = httpSessionOf(request);
    if (!present) this.sessions.runtime.attachTo({ request, response });
    else if ('raw' in request) present.request = request;
  };
}
