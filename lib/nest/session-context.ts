import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable, Stream } from 'node:stream';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { traitsOf } from './handler-traits.js';

const NO_HEADERS: ReadonlySet<string> = new Set();

/** A request as an adapter hands it out: Node's own, or one that keeps Node's in `raw`. */
export type AdapterRequest = IncomingMessage | { readonly raw: IncomingMessage };
type AdapterResponse = ServerResponse | { readonly raw: ServerResponse };

/** A response as an adapter hands it out: Fastify keeps headers of its own until it answers. */
export interface HeaderSource {
  getHeaders(): OutgoingHttpHeaders;
}

/**
 * A request and, where there is one that can still carry a cookie, its response.
 *
 * @internal
 */
export interface Exchange {
  readonly request: AdapterRequest;
  readonly response: ServerResponse | undefined;
  /** Where the headers are that were set so far. */
  readonly headers: HeaderSource | undefined;
  /** The names of those that `@Header()` set, in lower case. */
  readonly ofHandler: ReadonlySet<string>;
}

/** Node's own request is a stream, also where a middleware keeps the body in `raw`. @internal */
export function rawRequest(request: AdapterRequest): IncomingMessage {
  if (request instanceof Readable || !('raw' in request)) return request;
  return (request.raw as unknown) instanceof Readable ? request.raw : (request as never);
}

/** Node's own response, a stream too; undefined where it is something else. */
function rawResponse(response: AdapterResponse | undefined): ServerResponse | undefined {
  if (!response || response instanceof Stream) return response;
  return (response.raw as unknown) instanceof Stream ? response.raw : undefined;
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
      return {
        ...exchange(host.switchToHttp().getRequest(), host.switchToHttp().getResponse()),
        ofHandler: headersOfHandler(host),
      };
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
  const raw = rawResponse(response);
  const headers = raw && 'getHeaders' in response! ? (response as HeaderSource) : raw;
  return { request, response: raw, headers, ofHandler: NO_HEADERS };
}

/** Nest sets them before interceptors and parameters, so they look as if a middleware had. A filter knows no handler. */
function headersOfHandler(host: ArgumentsHost): ReadonlySet<string> {
  const context = host as ArgumentsHost & Partial<ExecutionContext>;
  return context.getHandler?.() ? traitsOf(context as ExecutionContext).headers : NO_HEADERS;
}

/** @internal */
export function isArgumentsHost(target: object): target is ArgumentsHost {
  return 'getType' in target && 'getArgs' in target;
}
