import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** @internal */
export interface OtherHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a header that the response has stays in it. */
  readonly keeps: (header: string) => boolean;
}

/** @internal */
export type WriteHeadArguments = [
  status: number,
  second?: string | OutgoingHttpHeaders | readonly string[],
  third?: OutgoingHttpHeaders | readonly string[],
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
  const headers = typeof second === 'string' ? third : second;
  if (Array.isArray(headers)) applyPairs(response, headers.flat() as string[]);
  else applyFields(response, headers as OutgoingHttpHeaders | undefined);
}

function applyFields(response: ServerResponse, headers: OutgoingHttpHeaders = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** A flat list of names and values, in which a name may recur and then has several values. */
function applyPairs(response: ServerResponse, pairs: readonly string[]): void {
  for (let at = 0; at < pairs.length; at += 2) response.removeHeader(pairs[at]!);
  for (let at = 0; at < pairs.length; at += 2) response.appendHeader(pairs[at]!, pairs[at + 1]!);
}

/** Puts another head in its place. @internal */
export function replaceHead(response: ServerResponse, { status, headers, keeps }: OtherHead): void {
  for (const name of response.getHeaderNames()) if (!keeps(name)) response.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  if (reasonOf(response)) response.statusMessage = '';
}

/** A reason that somebody set. HTTP/2 has none, and Node warns of the mere look at it. @internal */
export function reasonOf(response: ServerResponse): string {
  return Object.hasOwn(response, 'statusMessage') ? response.statusMessage : '';
}
