import type { ExecutionContext, Type } from '@nestjs/common';
import {
  HEADERS_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * How an HTTP handler answers, according to its decorators.
 *
 * @internal
 */
export interface HandlerTraits {
  /** Whether Nest sends the return value, and sends nothing before it. */
  readonly isAnsweredByNest: boolean;
  /** Whether the handler receives the response, and so may write to it whatever it returns. */
  readonly holdsResponse: boolean;
  /** The headers that `@Header()` sets before any interceptor runs, in lower case. */
  readonly headers: ReadonlySet<string>;
}

const known = new WeakMap<Handler, HandlerTraits>();

/** Read once per handler, at its first request, when all of its decorators have been applied. @internal */
export function traitsOf(context: ExecutionContext): HandlerTraits {
  const handler = context.getHandler();
  let traits = known.get(handler);
  if (!traits) known.set(handler, (traits = readTraits(context.getClass(), handler)));
  return traits;
}

/** Whether a parameter of the method carries Nest's decorator of this type. @internal */
export function takes(type: Type, method: string, parameter: RouteParamtypes): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {}) as object;
  return Object.keys(parameters).some((key) => key.startsWith(`${parameter}:`));
}

function readTraits(type: Type, handler: Handler): HandlerTraits {
  const { name } = handler;
  const isPassthrough = Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, type, name) === true;
  const holdsResponse = takes(type, name, RouteParamtypes.RESPONSE);
  const mayAnswer = holdsResponse || takes(type, name, RouteParamtypes.NEXT);
  const isStream = Reflect.getMetadata(SSE_METADATA, handler) === true;
  return {
    isAnsweredByNest: !isStream && (isPassthrough || !mayAnswer),
    holdsResponse,
    headers: namesOfHeaders(handler),
  };
}

function namesOfHeaders(handler: Handler): ReadonlySet<string> {
  const headers = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as { name: string }[];
  return new Set(headers.map(({ name }) => name.toLowerCase()));
}
