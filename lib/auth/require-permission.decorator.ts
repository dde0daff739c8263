import { applyDecorators, UseGuards } from '@nestjs/common';
import { addPermissions } from './needed-permissions.js';
import { SessionAuthGuard } from './session-auth.guard.js';

/**
 * Lets in who is signed in and has all of these permissions, by the `PermissionLoader`: 401 for nobody, 403 for somebody
 * else. Decorators of a class and of its methods add up.
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
