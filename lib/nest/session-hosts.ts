import type { ExecutionContext } from '@nestjs/common';
import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { type HttpSessionHost, httpSessionOf } from './http-session.js';
import { type AdapterRequest, exchangeOf, rawRequest } from './session-context.js';

/** By the server of an application, and by what Express calls `request.app`. */
const byApplication = new WeakMap<object, HttpSessionHost>();
const byClass = new WeakMap<object, HttpSessionHost>();

/** Notes whose requests come to this application. @internal */
export function hostApplication({ httpAdapter }: HttpAdapterHost, host: HttpSessionHost): void {
  for (const known of [httpAdapter.getHttpServer(), httpAdapter.getInstance?.()] as unknown[]) {
    if (isObject(known)) byApplication.set(known, host);
  }
}

/**
 * Notes whose resolvers and gateways these are, for requests that came past the server of their application.
 *
 * @internal
 */
export function hostClasses(modules: ModulesContainer, host: HttpSessionHost): void {
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of [...controllers.values(), ...providers.values()]) {
      if (metatype) byClass.set(metatype, host);
    }
  }
}

/**
 * The host of the application that a request came to: a decorator has no dependencies to ask for it, and a pipe that has
 * them would cost every request some 5 percent. A class may serve several applications, so it decides where nothing
 * else does: in a gateway with a port of its own, or for a GraphQL context that has made up its request.
 *
 * @internal
 */
export function hostOf(context: ExecutionContext): HttpSessionHost | undefined {
  const request = exchangeOf(context)?.request;
  if (!request) return undefined;
  const host = httpSessionOf(request)?.host ?? ofApplication(request);
  return host || context.getType() === 'http' ? host : byClass.get(context.getClass());
}

function ofApplication(request: AdapterRequest & { readonly app?: unknown }) {
  const { socket } = rawRequest(request) as { socket?: { server?: unknown } };
  return hostBy(request.app) ?? hostBy(socket?.server);
}

function hostBy(application: unknown): HttpSessionHost | undefined {
  return isObject(application) ? byApplication.get(application) : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
