/**
 * Finds users for `SessionAuthGuard` and `@CurrentUser()`, once per request. Also the injection token.
 *
 * @publicApi
 */
export abstract class UserLoader<User extends object = object> {
  /**
   * The user of that id, or undefined for one who is gone or may not sign in any more: the session is then destroyed.
   * What it rejects with fails the request; nobody is signed out by that.
   */
  abstract load(userId: string): Promise<User | undefined>;

  /**
   * The present stamp of the user, to be compared with the one that `signIn` was given. A session that was signed in with
   * another, or with none, is destroyed. Leave the method out to compare nothing.
   */
  stampOf?(user: User): string;
}
