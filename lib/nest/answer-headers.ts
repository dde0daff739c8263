import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/**
 * Where an adapter keeps the headers of an answer: Node's response, or a reply of its own in front of it.
 *
 * @internal
 */
export interface HeaderHolder {
  getHeaders(): OutgoingHttpHeaders;
  removeHeader(name: string): unknown;
}

/** A copy of the headers, but for those of these names in lower case. @internal */
export function copyHeaders(holder: HeaderHolder, but: ReadonlySet<string>): OutgoingHttpHeaders {
  const copy: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(holder.getHeaders())) {
    if (!but.has(name.toLowerCase())) copy[name] = Array.isArray(value) ? [...value] : value;
  }
  return copy;
}

/** Makes the headers what they were, but for those without which a page on another origin sees no error. @internal */
export function restoreHeaders(
  holder: HeaderHolder,
  response: ServerResponse,
  before: OutgoingHttpHeaders,
): void {
  const now = holder.getHeaders();
  for (const name of Object.keys({ ...before, ...now })) {
    const value = before[name];
    if (isCorsHeader(name) || isDeepStrictEqual(value, now[name])) continue;
    holder.removeHeader(name);
    response.removeHeader(name);
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** Without these, a page on another origin cannot even see which error it got. @internal */
export function isCorsHeader(name: string): boolean {
  return name.toLowerCase().startsWith('access-control-');
}
