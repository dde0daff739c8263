/**
 * The cookie that carries the session id. It is always HttpOnly.
 *
 * @publicApi
 */
export interface CookieOptions {
  /**
   * Distinguishes two applications on one host.
   *
   * @default '__Host-sid'; '__Secure-sid' with a domain or another path; 'sid' where `secure` is false
   */
  readonly name?: string;
  /**
   * Sends the cookie over HTTPS only; browsers treat http://localhost as HTTPS. False is for plain HTTP on a trusted
   * network.
   *
   * @default true
   */
  readonly secure?: boolean;
  /**
   * 'strict' also withholds the cookie when a visitor follows a link from another site; 'none' allows embedding in
   * other sites and needs CSRF protection of your own.
   *
   * @default 'lax'
   */
  readonly sameSite?: 'lax' | 'strict' | 'none';
  /**
   * Shares the cookie with all subdomains of this domain, and trusts all of them. Without it, only this host has it.
   */
  readonly domain?: string;
  /**
   * Keeps the cookie from other paths of the host; no protection, since scripts there can still get at it.
   *
   * @default '/'
   */
  readonly path?: string;
  /**
   * Gives an embedded page a cookie of its own per embedding site (CHIPS).
   *
   * @default false
   */
  readonly partitioned?: boolean;
  /**
   * Signs the cookie, so that a made-up id is refused without a store call. The first secret signs, all of them verify:
   * to change it, put the new one first. At least 32 characters each. Adding it ends all present sessions.
   *
   * @default unsigned: an id of 256 random bits cannot be guessed
   */
  readonly secrets?: readonly string[];
}
