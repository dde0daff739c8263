import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** @internal */
export interface OtherHeaders {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  /** Whether an existing header of the response is kept. */
  readonly keeps: (header: string) => boolean;
}

/** @internal */
export type WriteHeadArguments = [
  status: number,
  second?: string | OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | null,
  third?: OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | null,
];

/**
 * Applies the arguments of `writeHead` through setters, so that headers can still be added. Node drops previously set
 * headers when `writeHead` receives an array.
 *
 * @internal
 */
export function applyHeaders(
  response: ServerResponse,
  [status, second, third]: WriteHeadArguments,
): void {
  response.statusCode = status;
  if (typeof second === 'string') response.statusMessage = second;
  const headers = third ?? (typeof second === 'string' ? undefined : second);
  if (Array.isArray(headers)) applyPairs(response, pairsOf(headers as OutgoingHttpHeader[]));
  else applyFields(response, (headers ?? {}) as OutgoingHttpHeaders);
}

function applyFields(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  // `writeHead` throws on an undefined value, and so does the setter.
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value!);
}

type Pair = readonly [name: string, value: string | string[]];

/** Accepts both of Node's forms: alternating names and values, or an array of pairs. */
function pairsOf(headers: readonly OutgoingHttpHeader[]): Pair[] {
  if (Array.isArray(headers[0])) return headers as unknown as Pair[];
  const names = headers.filter((_, at) => at % 2 === 0);
  return names.map((name, at) => [name, headers[2 * at + 1]] as Pair);
}

/** A repeated name has several values. */
function applyPairs(response: ServerResponse, pairs: readonly Pair[]): void {
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) response.appendHeader(name, value);
}

/**
 * Makes held headers look sent, through `headersSent` alone. Otherwise Fastify sends an empty response for an async
 * handler that has not sent headers, and Nest a second one for a handler that answers and then throws.
 *
 * @returns a function that undoes this, and all changes made to the status and headers in the meantime
 *
 * @internal
 */
export function freezeHeaders(response: ServerResponse): () => void {
  const { statusCode } = response;
  const reason = reasonPhraseOf(response);
  const headers = headersOf(response);
  Object.defineProperty(response, 'headersSent', { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, 'headersSent');
    response.statusCode = statusCode;
    if (reasonPhraseOf(response) !== reason) response.statusMessage = reason;
    for (const name of response.getHeaderNames()) {
      if (!headers.has(name)) response.removeHeader(name);
    }
    for (const [name, value] of headers) {
      if (response.getHeader(name) !== value) response.setHeader(name, value);
    }
  };
}

/** Arrays are copied, since `appendHeader` mutates them in place. */
function headersOf(response: ServerResponse): Map<string, OutgoingHttpHeader> {
  const entries = Object.entries(response.getHeaders()) as [string, OutgoingHttpHeader][];
  return new Map(entries.map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]));
}

/** Replaces status and headers, except the headers that `keeps` selects. @internal */
export function replaceHeaders(
  response: ServerResponse,
  { status, headers, keeps }: OtherHeaders,
): void {
  for (const name of response.getHeaderNames()) if (!keeps(name)) response.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value!);
  response.statusCode = status;
  if (reasonPhraseOf(response)) response.statusMessage = '';
}

/** The reason phrase, if one was set. HTTP/2 has none, and Node warns when the inherited property is read. @internal */
export function reasonPhraseOf(response: ServerResponse): string {
  return Object.hasOwn(response, 'statusMessage') ? response.statusMessage : '';
}

/**
 * Sets a new array: `appendHeader` would mutate the present one, which may be a constant shared by clients.
 *
 * @internal
 */
export function addCookie(response: ServerResponse, line: string): void {
  const present = [response.getHeader('Set-Cookie') ?? []].flat();
  response.setHeader('Set-Cookie', [...present.map(String), line]);
}

/** Adds a token to a comma-separated list, unless the list already has it. @internal */
export function withToken(list: OutgoingHttpHeader | undefined, token: string): string {
  const present = String(list ?? '');
  if (present === '') return token;
  const tokens = present.split(',').map((one) => one.trim().toLowerCase());
  return tokens.includes(token.toLowerCase()) || tokens.includes('*')
    ? present
    : `${present}, ${token}`;
}
