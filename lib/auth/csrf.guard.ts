import type { IncomingMessage } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
} from '@nestjs/common';
import { csrfNotJudged } from '../core/session-errors.js';
import { type AdapterRequest, exchangeOf, rawRequest } from '../nest/session-context.js';
import { Sessions } from '../nest/sessions.service.js';
import { isSkipped } from '../nest/skip-session.decorator.js';
import { isCsrfToken } from './csrf-token.js';

/** RFC 9110 section 9.2.1: they ask for nothing to be changed. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Lets a request that may change something pass only with the token of its session ({@link csrfToken}), in the header
 * `x-csrf-token` or the field `_csrf` of a parsed body; others get 403. Requests by GET, HEAD, OPTIONS and TRACE pass,
 * and so do routes with `@SkipSession()`. For a route, a controller, or by `APP_GUARD` for all.
 *
 * The guard refuses messages to gateways and microservices, and GraphQL by WebSocket, with SESSION_CONFIG_INVALID: any
 * page can make their handshake. Check the `Origin` of the handshake there.
 *
 * @publicApi
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isSkipped(context)) return true;
    const request = requestOf(context);
    if (SAFE_METHODS.has(rawRequest(request).method ?? '')) return true;
    const session = this.sessions.of<object>(context);
    if (await isCsrfToken(session, tokenOf(request))) return true;
    throw new ForbiddenException('The CSRF token is missing or not that of this session.');
  }
}

/** The request that is to be judged; a gateway has that of its handshake only. */
function requestOf(context: ExecutionContext): AdapterRequest {
  const request = context.getType<string>() === 'ws' ? undefined : exchangeOf(context)?.request;
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
