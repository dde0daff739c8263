import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { Session } from '../core/session/session.js';
import { Sessions } from '../nest/sessions.service.js';
import { ExpressSession } from './express-session.js';

/**
 * Provides the `request.session` that Passport and other middleware written for express-session expect, on Express.
 *
 * Values are mutable properties. `regenerate`, `save`, `reload`, `destroy` and `touch` take callbacks; `id`, `cookie`
 * and `request.sessionID` exist too. The object represents the session of the request, which the middleware loads
 * first. `@Session()` still injects this library's session. Apply it before `passport.session()`, to all routes or
 * some:
 *
 * ```ts
 * consumer.apply(PassportSessionMiddleware, passport.initialize(), passport.session()).forRoutes('{*path}');
 * ```
 *
 * At a login and a logout, Passport empties the session and gives it a new id. A user that Passport serialises to a
 * string or a number also becomes the `userId`.
 *
 * @publicApi
 */
@Injectable()
export class PassportSessionMiddleware implements NestMiddleware {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  /** Loads the session, and assigns it to `request.session`. */
  readonly use = (
    request: IncomingMessage,
    _: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const session = this.sessions.of<object>(request);
    const { absoluteLifetimeMs } = this.sessions.runtime.settings.commit.lifetimes;
    const place = (placed: ExpressSession): void =>
      void Object.assign(request, { session: placed });
    ExpressSession.place({ session, absoluteLifetimeMs, place }).then(() => {
      Object.defineProperty(request, 'sessionID', {
        configurable: true,
        enumerable: true,
        get: () => Session.stateOf(session).idToBe,
      });
      next();
    }, next);
  };
}
