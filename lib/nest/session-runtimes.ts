import type { ExecutionContext } from '@nestjs/common';
import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { httpSessionOf } from './http-session-slot.js';
import type { SessionRuntime } from './session-runtime.js';
import { type AdapterRequest, rawRequest, requestOf } from './session-context.js';

/** Keyed by the HTTP server of an application and by its adapter instance, which Express exposes as `request.app`. */
const byApplication = new WeakMap<object, SessionRuntime>();
const byClass = new WeakMap<object, SessionRuntime>();

/** Registers the server and the adapter instance of an application, so that its requests find its runtime. @internal */
export function registerApplication(
  { httpAdapter }: HttpAdapterHost,
  runtime: SessionRuntime,
): void {
  for (const known of [httpAdapter.getHttpServer(), httpAdapter.getInstance?.()] as unknown[]) {
    if (isObject(known)) byApplication.set(known, runtime);
  }
}

/**
 * Registers resolvers, gateways and message handlers, whose calls may bypass the HTTP server of their application.
 *
 * @internal
 */
export function registerClasses(modules: ModulesContainer, runtime: SessionRuntime): void {
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of [...controllers.values(), ...providers.values()]) {
      if (metatype) byClass.set(metatype, runtime);
    }
  }
}

/**
 * The runtime of the application that received a request. A decorator cannot inject it, and an injectable pipe would
 * cost every request some 5 percent.
 *
 * A class may serve several applications, so it is the last resort: for a gateway on its own port, a microservice, or a
 * GraphQL context with a simulated request.
 *
 * @internal
 */
export function runtimeOf(context: ExecutionContext): SessionRuntime | undefined {
  if (context.getType() === 'rpc') return byClass.get(context.getClass());
  const request = requestOf(context);
  if (!request) return undefined;
  const runtime = httpSessionOf(request)?.runtime ?? ofApplication(request);
  return runtime || context.getType() === 'http' ? runtime : byClass.get(context.getClass());
}

function ofApplication(request: AdapterRequest & { readonly app?: unknown }) {
  const { socket } = rawRequest(request) as { socket?: { server?: unknown } };
  return runtimeBy(request.app) ?? runtimeBy(socket?.server);
}

function runtimeBy(application: unknown): SessionRuntime | undefined {
  return isObject(application) ? byApplication.get(application) : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
