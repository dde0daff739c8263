import { serialize } from 'cookie';
import type { CookieSettings } from './cookie-settings.js';
import { sign } from './signature.js';

/** RFC 6265bis section 5.5: browsers cap longer lives at 400 days. */
const MAX_AGE_LIMIT_S = 400 * 24 * 60 * 60;

/**
 * The Set-Cookie line that gives the browser an id. Without `maxAgeMs` the browser drops it when it closes.
 *
 * @internal
 */
export function issueCookie(settings: CookieSettings, id: string, maxAgeMs?: number): string {
  const [secret] = settings.secrets;
  const value = secret === undefined ? id : sign(settings.name, id, secret);
  if (maxAgeMs === undefined) return `${settings.name}=${value}${attributesOf(settings)}`;
  return setCookie(settings, value, {
    maxAge: Math.min(Math.ceil(maxAgeMs / 1000), MAX_AGE_LIMIT_S),
  });
}

/**
 * The Set-Cookie line that removes the id.
 *
 * @internal
 */
export function clearCookie(settings: CookieSettings): string {
  return setCookie(settings, '', { maxAge: 0, expires: new Date(0) });
}

const attributes = new WeakMap<CookieSettings, string>();

/** The attributes of a cookie without Max-Age: always the same, so they are serialised once. */
function attributesOf(settings: CookieSettings): string {
  let text = attributes.get(settings);
  if (text === undefined) {
    text = setCookie(settings, '', {}).slice(`${settings.name}=`.length);
    attributes.set(settings, text);
  }
  return text;
}

/** One function for both lines, so that the browser treats them as the same cookie (RFC 6265bis section 5.7). */
function setCookie(
  { name, path, domain, secure, sameSite, partitioned }: CookieSettings,
  value: string,
  life: { maxAge?: number; expires?: Date },
): string {
  return serialize(name, value, {
    path,
    ...(domain !== undefined && { domain }),
    ...life,
    httpOnly: true,
    secure,
    sameSite,
    partitioned,
  });
}
