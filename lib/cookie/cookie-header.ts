import { isSessionId } from '../core/record/session-id.js';
import type { CookieSettings } from './cookie-settings.js';
import { unsign } from './signature.js';

/**
 * Reads the session ids in a Cookie header: undefined if no cookie has the configured name, else the well-formed ids
 * with a valid signature, possibly none. Never throws: a cookie that any client sends is an id or nothing.
 *
 * This does not call `cookie.parse`, which keeps the first of several cookies of one name and decodes values that
 * browsers do not encode. RFC 6265 section 4.2: pairs separated by ";", names compared byte by byte.
 *
 * @internal
 */
export function readSessionIds(
  header: string | undefined,
  settings: CookieSettings,
): readonly string[] | undefined {
  if (!header?.includes(settings.name)) return undefined;
  const values = valuesOf(header, settings.name);
  if (values.length === 0) return undefined;
  const ids = values.map((value) => idIn(value, settings)).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

function valuesOf(header: string, name: string): string[] {
  const start = `${name}=`;
  const pairs = header.includes(';') ? header.split(';').map(trimBlanks) : [trimBlanks(header)];
  return pairs.filter((pair) => pair.startsWith(start)).map((pair) => pair.slice(start.length));
}

/** Blanks and tabs only: other white space that `trim` removes may be part of a name, and would forge ours. */
function trimBlanks(pair: string): string {
  let start = 0;
  let end = pair.length;
  while (isBlank(pair[start])) start++;
  while (end > start && isBlank(pair[end - 1])) end--;
  return pair.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function idIn(value: string, { name, secrets }: CookieSettings): string | undefined {
  const id = secrets.length === 0 ? value : unsign(name, value, secrets);
  return id !== undefined && isSessionId(id) ? id : undefined;
}
