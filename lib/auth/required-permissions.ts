import type { ExecutionContext } from '@nestjs/common';

const PERMISSIONS = 'session:permissions';

/**
 * Adds permissions to those that other decorators have set on the same target.
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
 * All permissions that a handler requires, its own and those of its class.
 *
 * @internal
 */
export function requiredPermissions(context: ExecutionContext): readonly string[] {
  return [...permissionsOn(context.getClass()), ...permissionsOn(context.getHandler())];
}

function permissionsOn(target: object): readonly string[] {
  return (Reflect.getMetadata(PERMISSIONS, target) as readonly string[] | undefined) ?? [];
}
