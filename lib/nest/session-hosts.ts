import type { ModulesContainer } from '@nestjs/core';
import type { HttpSessionHost } from './http-session.js';

const hosts = new WeakMap<object, HttpSessionHost>();

/**
 * Notes whose controllers, resolvers and gateways these are: a parameter decorator has no dependencies to ask for the
 * session of a handshake, and a pipe that has them would cost every request some 5 percent.
 *
 * @internal
 */
export function hostClasses(modules: ModulesContainer, host: HttpSessionHost): void {
  for (const { controllers, providers } of modules.values()) {
    for (const { metatype } of [...controllers.values(), ...providers.values()]) {
      if (metatype) hosts.set(metatype, host);
    }
  }
}

/**
 * The host of a class; of the application that was started last, where several have it. A request that was admitted has
 * the session of the one that admitted it all the same.
 *
 * @internal
 */
export function hostOfClass(type: object): HttpSessionHost | undefined {
  return hosts.get(type);
}
