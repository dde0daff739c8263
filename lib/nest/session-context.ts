import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';

/** A request as an adapter hands it out: Node's own, or one that keeps Node's in `raw`. */
export type AdapterRequest = IncomingMessage | { readonly raw: IncomingMessage };
type AdapterResponse = ServerResponse | { readonly raw: ServerResponse };

/**
 * A request and, where there is one that can still carry a cookie, its response.
 *
 * @internal
 */
export interface Exchange {
  readonly request: AdapterRequest;
  readonly response: ServerResponse | undefined;
}

/** @internal */
export function rawRequest(request: AdapterRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/**
 * The exchange that a guard, interceptor, pipe, filter or parameter decorator works for, over whatever transport;
 * undefined where there is no HTTP request behind it.
 *
 * @internal
 */
export function exchangeOf(host: ArgumentsHost): Exchange | undefined {
  switch (host.getType<string>()) {
    case 'http':
      return exchange(host.switchToHttp().getRequest(), host.switchToHttp().getResponse());
    case 'graphql': {
      const context = host.getArgByIndex<
        { req?: AdapterRequest; res?: AdapterResponse } | undefined
      >(2);
      return context?.req && exchange(context.req, context.res);
    }
    case 'ws': {
      const { request } = host.switchToWs().getClient<{ request?: IncomingMessage }>();
      return request && exchange(request, undefined);
    }
    default:
      return undefined;
  }
}

/** @internal */
export function exchange(request: AdapterRequest, response: AdapterResponse | undefined): Exchange {
  return { request, response: response && 'raw' in response ? response.raw : response };
}

/** @internal */
export function isArgumentsHost(target: object): target is ArgumentsHost {
  return 'getType' in target && 'getArgs' in target;
}
