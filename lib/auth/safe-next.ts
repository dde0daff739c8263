/** Of a length that fits into a header with room to spare, three letters for each as an encoded parameter. */
const MAX_LENGTH = 2_000;
/** Neither spaces nor control characters, which browsers drop from addresses, nor what browsers read as a slash. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
/** The same in a path that somebody decoded. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const HARMFUL = /[\x00-\x1f\x7f\\]/;
const SITE = 'http://site.invalid';
/** More layers of encoding than this are no address of a page. */
const MAX_DECODINGS = 3;

/**
 * The `next` parameter of a page for signing in, where it is a path of the same site: the value that a redirect may
 * follow. Anything else gives the fallback: another site's address in whatever spelling, other types, control
 * characters, and paths that turn into another site's address when they are decoded.
 *
 * ```ts
 * const target = safeNext(query.next, '/');
 * ```
 *
 * @param value what the client sent: nothing about it is known
 * @param fallback taken as it is
 *
 * @publicApi
 */
export function safeNext(value: unknown, fallback = '/'): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !PLAIN.test(value)) return fallback;
  const [path = ''] = value.split(/[?#]/, 1);
  return isSamePath(value) && isWellEncoded(path) && isSafeDecoded(path) ? value : fallback;
}

/** One slash in front, and one still when a browser has taken the dots out. */
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

/** Byte by byte, since some decoders leave alone what they cannot read and go on behind it. */
function isSafeDecoded(path: string, layers = MAX_DECODINGS): boolean {
  const decoded = path.replaceAll(/%[\da-f]{2}/gi, byteOf);
  if (decoded === path) return true;
  if (layers === 0 || HARMFUL.test(decoded)) return false;
  return isSamePath(decoded) && isSafeDecoded(decoded, layers - 1);
}

function byteOf(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}
