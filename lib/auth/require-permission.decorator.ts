import { applyDecorators, UseGuards } from '@nestjs/common';
import { addPermissions } from './required-permissions.js';
import { SessionAuthGuard } from './session-auth.guard.js';

/**
 * Requires a signed-in user with all of these permissions, according to the `PermissionLoader`. Answers 401 if nobody
 * is signed in, and 403 if the user lacks a permission. Decorators of a class and of its methods add up.
 *
 * ```ts
 * @Get('orders')
 * @RequirePermission('orders.read')
 * list() {}
 * ```
 *
 * @publicApi
 */
export function RequirePermission(
  ...permissions: readonly [string, ...string[]]
): ClassDecorator & MethodDecorator {
  return applyDecorators(addPermissions(permissions), UseGuards(SessionAuthGuard));
}
