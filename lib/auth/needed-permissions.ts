import type { ExecutionContext } from '@nestjs/common';

const PERMISSIONS = 'session:permissions';

/**
 * Notes permissions beside those that other decorators noted: none of them gets lost.
 *
 * @internal
 */
export function addPermissions(permissions: readonly string[]): ClassDecorator & MethodDecorator {
  return (target: object, _?: unknown, descriptor?: { readonly value?: unknown }) => {
    const noted: object = descriptor?.value ?? target;
    Reflect.defineMetadata(PERMISSIONS, [...permissionsOn(noted), ...permissions], noted);
  };
}

/**
 * All that is needed for a handler, by itself and by its class.
 *
 * @internal
 */
export function neededPermissions(context: ExecutionContext): readonly string[] {
  return [...permissionsOn(context.getClass()), ...permissionsOn(context.getHandler())];
}

function permissionsOn(target: object): readonly string[] {
  return (Reflect.getMetadata(PERMISSIONS, target) as readonly string[] | undefined) ?? [];
}
