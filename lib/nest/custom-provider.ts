import type { InjectionToken, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import { configInvalid } from '../core/errors/session-errors.js';

/**
 * An instance, a class that Nest instantiates with its dependencies, or a custom provider of Nest without its token.
 */
export type CustomProvider<T> =
  | T
  | Type<T>
  | { readonly useClass: Type<T> }
  | { readonly useExisting: InjectionToken<T> }
  | {
      readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
      readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
    };

/**
 * The provider for an option. The abstract class is its token, and instances are recognised by it.
 *
 * @internal
 */
export function providerFor<T extends object>(
  token: abstract new () => T,
  option: string,
  provider: CustomProvider<T>,
): Provider {
  if (typeof provider === 'function') return { provide: token, useClass: provider };
  if (provider instanceof token) return { provide: token, useValue: provider };
  if (isCustomProvider(provider)) return { ...provider, provide: token } as Provider;
  throw configInvalid(
    option,
    `an instance or a class of ${token.name}, or { useClass | useExisting | useFactory }`,
    `a value of type ${typeof provider}`,
  );
}

function isCustomProvider(provider: unknown): boolean {
  return (
    typeof provider === 'object' &&
    provider !== null &&
    ('useClass' in provider || 'useExisting' in provider || 'useFactory' in provider)
  );
}
