import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { Session } from '../core/session.js';
import { Sessions } from '../nest/sessions.service.js';
import { ExpressSession } from './express-session.js';

/**
 * Makes `request.session` what Passport and other middleware written for express-session expect of it, on Express:
 * values as properties, to be changed in place, `regenerate`, `save`, `reload`, `destroy` and `touch` with callbacks,
 * `id`, `cookie`, and `request.sessionID`. It stands for the session of the request, which is loaded before; `@Session()`
 * hands over ours all the same. Stands before `passport.session()`, for all routes or those that use it:
 *
 * ```ts
 * consumer.apply(PassportSessionMiddleware, passport.initialize(), passport.session()).forRoutes('{*path}');
 * ```
 *
 * At a login and a logout Passport empties the session and gives it a new id; a user that it serialises to a text or a
 * number is also the `userId`.
 *
 * @publicApi
 */
@Injectable()
export class PassportSessionMiddleware implements NestMiddleware {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  readonly use = (
    request: IncomingMessage,
    _: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const session = this.sessions.of<object>(request);
    const { absoluteLifetimeMs } = this.sessions.settings.commit.lifetimes;
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
