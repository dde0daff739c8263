/**
 * Tells what a user may do, for `@RequirePermission()`: once per request, and only where it is asked. Also the injection
 * token.
 *
 * @publicApi
 */
export abstract class PermissionLoader<User extends object = object> {
  /** The names of all that the user may do. What it rejects with fails the request. */
  abstract permissionsOf(user: User): Iterable<string> | Promise<Iterable<string>>;
}
