import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Stream } from 'node:stream';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { HeaderHolder } from './header-snapshot.js';
import { traitsOf } from './handler-traits.js';

const NO_HEADERS: ReadonlySet<string> = new Set();

/** A request as the adapter exposes it: Node's own, or one that holds Node's in `raw`. */
export type AdapterRequest = IncomingMessage | { readonly raw: IncomingMessage };
type AdapterResponse = ServerResponse | { readonly raw: ServerResponse };

/**
 * A request and its response, where there is one.
 *
 * @internal
 */
export interface Exchange {
  readonly request: AdapterRequest;
  readonly response: ServerResponse | undefined;
  /** The object that holds the headers set so far. */
  readonly headers: HeaderHolder | undefined;
  /** The names of the headers that `@Header()` set, in lower case. */
  readonly ofHandler: ReadonlySet<string>;
}

/** Node's request is identified as a stream, since a middleware may keep the body in `raw`. @internal */
export function rawRequest(request: AdapterRequest): IncomingMessage {
  if (request instanceof Readable || !('raw' in request)) return request;
  return (request.raw as unknown) instanceof Readable ? request.raw : (request as never);
}

/** Node's response, identified as a stream too; undefined for anything else. */
function rawResponse(response: AdapterResponse | undefined): ServerResponse | undefined {
  if (!response || response instanceof Stream) return response;
  return (response.raw as unknown) instanceof Stream ? response.raw : undefined;
}

/**
 * The exchange behind a guard, interceptor, pipe, filter or parameter decorator, over any transport; undefined if there
 * is no HTTP request behind it.
 *
 * @internal
 */
export function exchangeOf(host: ArgumentsHost): Exchange | undefined {
  switch (host.getType<string>()) {
    case 'http':
      return exchange(host.getArgByIndex(0), host.getArgByIndex(1), headersOfHandler(host));
    case 'graphql': {
      const { req, res } = graphqlContext(host);
      return req && exchange(req, res);
    }
    default: {
      const request = requestOf(host);
      return request && exchange(request, undefined);
    }
  }
}

/** The request alone, which is cheaper than the whole exchange. @internal */
export function requestOf(host: ArgumentsHost): AdapterRequest | undefined {
  switch (host.getType<string>()) {
    case 'http':
      return host.getArgByIndex<AdapterRequest>(0);
    case 'graphql':
      return graphqlContext(host).req;
    case 'ws':
      return host.getArgByIndex<{ readonly request?: IncomingMessage }>(0).request;
    default:
      return undefined;
  }
}

function graphqlContext(host: ArgumentsHost): { req?: AdapterRequest; res?: AdapterResponse } {
  return host.getArgByIndex<object | undefined>(2) ?? {};
}

/** @internal */
export function exchange(
  request: AdapterRequest,
  response: AdapterResponse | undefined,
  ofHandler = NO_HEADERS,
): Exchange {
  const raw = rawResponse(response);
  const headers = raw && 'getHeaders' in response! ? (response as HeaderHolder) : raw;
  return { request, response: raw, headers, ofHandler };
}

/** Nest sets these before interceptors run, so they look like a middleware's. A filter's host has no handler. */
function headersOfHandler(host: ArgumentsHost): ReadonlySet<string> {
  const context = host as ArgumentsHost & Partial<ExecutionContext>;
  return context.getHandler?.() ? traitsOf(context as ExecutionContext).headers : NO_HEADERS;
}

/** @internal */
export function isArgumentsHost(target: object): target is ArgumentsHost {
  return 'getType' in target && 'getArgs' in target;
}
