/**
 * Loads the permissions of a user for `@RequirePermission()`, at most once per request. The class is also the injection
 * token.
 *
 * @publicApi
 */
export abstract class PermissionLoader<User extends object = object> {
  /** Returns the names of all permissions of the user. A rejection fails the request. */
  abstract permissionsOf(user: User): Iterable<string> | Promise<Iterable<string>>;
}
