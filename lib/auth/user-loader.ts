/**
 * Loads users for `SessionAuthGuard` and `@CurrentUser()`, once per request. The class is also the injection token.
 *
 * @publicApi
 */
export abstract class UserLoader<User extends object = object> {
  /**
   * Returns the user with this id, or undefined if the user is gone or may no longer sign in: the session is then
   * destroyed. A rejection fails the request, and leaves the session as it is.
   */
  abstract load(userId: string): Promise<User | undefined>;

  /**
   * Returns the user's current stamp, for comparison with the one passed to `signIn`. A session that was signed in with
   * another stamp, or without one, is destroyed. Omit the method to disable the comparison.
   */
  stampOf?(user: User): string;
}
