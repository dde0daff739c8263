import type { IncomingMessage } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
} from '@nestjs/common';
import { csrfNotJudged } from '../core/errors/session-errors.js';
import { type AdapterRequest, rawRequest, requestOf } from '../nest/session-context.js';
import { Sessions } from '../nest/sessions.service.js';
import { isSkipped } from '../nest/skip-session.decorator.js';
import { isCsrfToken } from './csrf-token.js';

/** RFC 9110 section 9.2.1: requests by these methods change nothing. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Requires the token of the session ({@link csrfToken}) on every request that may change something, and otherwise
 * answers 403. The token is in the header `x-csrf-token` or in the field `_csrf` of a parsed body. GET, HEAD, OPTIONS
 * and TRACE requests pass, and so do routes with `@SkipSession()`. Bind it to a route, a controller, or globally by
 * `APP_GUARD`.
 *
 * The guard refuses messages to gateways and microservices, and GraphQL over WebSocket, with SESSION_CONFIG_INVALID:
 * any page can open such a connection. Check the `Origin` of the handshake there.
 *
 * @publicApi
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  /** Resolves to true if the request may pass, and throws if it may not. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isSkipped(context)) return true;
    const request = judgedRequest(context);
    if (SAFE_METHODS.has(rawRequest(request).method ?? '')) return true;
    const session = this.sessions.of<object>(context);
    if (await isCsrfToken(session, tokenOf(request))) return true;
    throw new ForbiddenException('The CSRF token is missing or not that of this session.');
  }
}

/** The request to check; a gateway message has only that of its handshake, which is refused. */
function judgedRequest(context: ExecutionContext): AdapterRequest {
  const request = context.getType<string>() === 'ws' ? undefined : requestOf(context);
  if (!request || isHandshake(rawRequest(request))) throw csrfNotJudged();
  return request;
}

function isHandshake({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function tokenOf(request: AdapterRequest & { readonly body?: unknown }): unknown {
  const { body } = request;
  const isObject = typeof body === 'object' && body !== null;
  return rawRequest(request).headers['x-csrf-token'] ?? (isObject && Reflect.get(body, '_csrf'));
}
