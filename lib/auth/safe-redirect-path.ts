/** Fits into a header with room to spare, even encoded as a parameter with three characters for each. */
const MAX_LENGTH = 2_000;
/**
 * Excludes spaces and control characters, which browsers drop from addresses, and the backslash, which acts as a slash.
 */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
/** The same characters in a decoded path. */
// oxlint-disable-next-line no-control-regex -- it searches for control characters
const HARMFUL = /[\x00-\x1f\x7f\\]/;
const SITE = 'http://site.invalid';
/** Legitimate addresses do not have more layers of encoding than this. */
const MAX_DECODINGS = 3;

/**
 * Returns the `next` parameter of a sign-in page if it is a path on the same site, which is safe to redirect to.
 * Returns the fallback for anything else: another site's address in any spelling, other types, control characters, and
 * paths that decode to another site's address.
 *
 * ```ts
 * const target = safeRedirectPath(query.next, '/');
 * ```
 *
 * @param value untrusted input from the client
 * @param fallback returned unchecked
 *
 * @publicApi
 */
export function safeRedirectPath(value: unknown, fallback = '/'): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !PLAIN.test(value)) return fallback;
  const [path = ''] = value.split(/[?#]/, 1);
  return isSamePath(value) && isWellEncoded(path) && isSafeDecoded(path) ? value : fallback;
}

/** Starts with exactly one slash, also after a browser has resolved dot segments. */
function isSamePath(value: string): boolean {
  if (!/^\/(?!\/)/.test(value) || !URL.canParse(value, SITE)) return false;
  return !new URL(value, SITE).pathname.startsWith('//');
}

function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Decodes byte by byte, since some decoders skip an invalid escape and decode the rest. */
function isSafeDecoded(path: string, layers = MAX_DECODINGS): boolean {
  const decoded = path.replaceAll(/%[\da-f]{2}/gi, byteOf);
  if (decoded === path) return true;
  if (layers === 0 || HARMFUL.test(decoded)) return false;
  return isSamePath(decoded) && isSafeDecoded(decoded, layers - 1);
}

function byteOf(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}
