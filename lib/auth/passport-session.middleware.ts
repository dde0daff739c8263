import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { Sessions } from '../nest/sessions.service.js';
import { ExpressSession } from './express-session.js';

/**
 * Makes `request.session` what Passport expects of it, on Express: values as properties, with `regenerate`, `save` and
 * `destroy` that take callbacks, over the session of the request, which is loaded before. `@Session()` hands over ours
 * all the same. Stands before `passport.session()`, for all routes or those that use Passport:
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
    const replace = (session: ExpressSession): void => void Object.assign(request, { session });
    ExpressSession.on(this.sessions.of<object>(request), replace).then((session) => {
      replace(session);
      next();
    }, next);
  };
}
