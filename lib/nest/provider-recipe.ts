import type { InjectionToken, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import { configInvalid } from '../core/session-errors.js';

/** An instance, a class that Nest builds with its dependencies, or how to come by one. @internal */
export type ProviderRecipe<T> =
  | T
  | Type<T>
  | { readonly useClass: Type<T> }
  | { readonly useExisting: InjectionToken<T> }
  | {
      readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
      readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
    };

/**
 * The provider that an option asks for. The abstract class is its token, and what an instance is known by.
 *
 * @internal
 */
export function providerFor<T extends object>(
  token: abstract new () => T,
  option: string,
  recipe: ProviderRecipe<T>,
): Provider {
  if (typeof recipe === 'function') return { provide: token, useClass: recipe };
  if (recipe instanceof token) return { provide: token, useValue: recipe };
  if (isRecipe(recipe)) return { ...recipe, provide: token } as Provider;
  throw configInvalid(
    option,
    `an instance or a class of ${token.name}, or { useClass | useExisting | useFactory }`,
    `a value of type ${typeof recipe}`,
  );
}

function isRecipe(recipe: unknown): boolean {
  return (
    typeof recipe === 'object' &&
    recipe !== null &&
    ('useClass' in recipe || 'useExisting' in recipe || 'useFactory' in recipe)
  );
}
