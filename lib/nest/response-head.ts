import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** @internal */
export interface OtherHead {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  /** Whether a header that the response has stays in it. */
  readonly keeps: (header: string) => boolean;
}

/** @internal */
export type WriteHeadArguments = [
  status: number,
  second?: string | OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | null,
  third?: OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | null,
];

/**
 * Does what `writeHead` would do with its arguments by way of setters, so that headers can still be added: given to
 * `writeHead`, an array of headers makes Node drop those set before.
 *
 * @internal
 */
export function applyHead(
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
  // Node throws at an undefined value, and so does the setter.
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value!);
}

type Pair = readonly [name: string, value: string | string[]];

/** Names and values in turn, or each name with its value. */
function pairsOf(headers: readonly OutgoingHttpHeader[]): Pair[] {
  if (Array.isArray(headers[0])) return headers as unknown as Pair[];
  const names = headers.filter((_, at) => at % 2 === 0);
  return names.map((name, at) => [name, headers[2 * at + 1]] as Pair);
}

/** A name may recur, and then has several values. */
function applyPairs(response: ServerResponse, pairs: readonly Pair[]): void {
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) response.appendHeader(name, value);
}

/**
 * Has a head that is about to wait look sent, by `headersSent` alone: Fastify sends an empty answer for an async handler
 * whose response has no head yet, and Nest a second one for a handler that answers and then throws. Returns what undoes
 * this, and all that was done to the head meanwhile.
 *
 * @internal
 */
export function freezeHead(response: ServerResponse): () => void {
  const { statusCode } = response;
  const reason = reasonOf(response);
  const headers = headersOf(response);
  Object.defineProperty(response, 'headersSent', { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, 'headersSent');
    response.statusCode = statusCode;
    if (reasonOf(response) !== reason) response.statusMessage = reason;
    for (const name of response.getHeaderNames()) {
      if (!headers.has(name)) response.removeHeader(name);
    }
    for (const [name, value] of headers) {
      if (response.getHeader(name) !== value) response.setHeader(name, value);
    }
  };
}

/** Lists are copied: `appendHeader` adds to the one it finds. */
function headersOf(response: ServerResponse): Map<string, OutgoingHttpHeader> {
  const entries = Object.entries(response.getHeaders()) as [string, OutgoingHttpHeader][];
  return new Map(entries.map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]));
}

/** Puts another head in its place. @internal */
export function replaceHead(response: ServerResponse, { status, headers, keeps }: OtherHead): void {
  for (const name of response.getHeaderNames()) if (!keeps(name)) response.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value!);
  response.statusCode = status;
  if (reasonOf(response)) response.statusMessage = '';
}

/** A reason that somebody set. HTTP/2 has none, and Node warns of the mere look at it. @internal */
export function reasonOf(response: ServerResponse): string {
  return Object.hasOwn(response, 'statusMessage') ? response.statusMessage : '';
}

/** Sets a new list: `appendHeader` adds to the one it finds, which may be a constant that other visitors get too. @internal */
export function addCookie(response: ServerResponse, line: string): void {
  const present = [response.getHeader('Set-Cookie') ?? []].flat();
  response.setHeader('Set-Cookie', [...present.map(String), line]);
}

/** A list of tokens with one more, unless it is there already. @internal */
export function withToken(list: OutgoingHttpHeader | undefined, token: string): string {
  const present = String(list ?? '');
  if (present === '') return token;
  const tokens = present.split(',').map((one) => one.trim().toLowerCase());
  return tokens.includes(token.toLowerCase()) || tokens.includes('*')
    ? present
    : `${present}, ${token}`;
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

/** The headers that are true of any answer, whatever its body, in lower case. @internal */
export function withoutBodyHeaders(
  headers: OutgoingHttpHeaders,
  but: ReadonlySet<string>,
): OutgoingHttpHeaders {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return Object.fromEntries(entries.filter(([name]) => !OF_THE_BODY.has(name) && !but.has(name)));
}
