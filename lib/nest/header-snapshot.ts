import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/**
 * Where an adapter keeps response headers: Node's response, or the adapter's own reply that wraps it.
 *
 * @internal
 */
export interface HeaderHolder {
  getHeaders(): OutgoingHttpHeaders;
  removeHeader(name: string): unknown;
}

/**
 * The response headers from before the handler ran, for the response that replaces it when the commit fails. Headers of
 * `@Header()` are excluded: they belong to the handler, although Nest sets them before interceptors and parameters.
 *
 * @internal
 */
export class HeaderSnapshot {
  readonly #before: OutgoingHttpHeaders;

  /** @param ofHandler the names of the headers that `@Header()` set, in lower case */
  constructor(
    private readonly holder: HeaderHolder,
    private readonly response: ServerResponse,
    private readonly ofHandler: ReadonlySet<string>,
  ) {
    this.#before = holder.getHeaders();
    for (const name in this.#before) {
      const value = this.#before[name];
      // `appendHeader` mutates the array in place.
      if (Array.isArray(value)) this.#before[name] = [...value];
    }
  }

  /** The headers that do not depend on the body; the names in lower case. */
  get ofAnyAnswer(): OutgoingHttpHeaders {
    const entries = this.#entries().map(([name, value]) => [name.toLowerCase(), value] as const);
    return Object.fromEntries(entries.filter(([name]) => !OF_THE_BODY.has(name)));
  }

  /** Restores the headers, except those of CORS: without them, a page on another origin cannot read the error. */
  restore(): void {
    const before = Object.fromEntries(this.#entries());
    const now = this.holder.getHeaders();
    for (const name of Object.keys({ ...before, ...now })) {
      const value = before[name];
      if (isCorsHeader(name) || isDeepStrictEqual(value, now[name])) continue;
      this.holder.removeHeader(name);
      this.response.removeHeader(name);
      if (value !== undefined) this.response.setHeader(name, value);
    }
  }

  #entries() {
    return Object.entries(this.#before).filter(([name]) => !this.ofHandler.has(name.toLowerCase()));
  }
}

const OF_THE_BODY = new Set([
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'set-cookie',
  'trailer',
  'transfer-encoding',
]);

/** Without these headers, a page on another origin cannot read even the status of an error. @internal */
export function isCorsHeader(name: string): boolean {
  return name.toLowerCase().startsWith('access-control-');
}
