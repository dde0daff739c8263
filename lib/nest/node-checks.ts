import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Writers } from './patched-response.js';
import { reasonPhraseOf, type WriteHeadArguments } from './response-headers.js';

/*
 * Node receives a held call too late to throw at the caller's line. A call that looks invalid is therefore tried on an
 * idle response first, which throws Node's own error.
 */

/** @internal */
export function refuseHeaders(
  response: ServerResponse,
  [status, second, third]: WriteHeadArguments,
) {
  const reason = typeof second === 'string' ? second : reasonPhraseOf(response);
  const pairs = [second, third].find(Array.isArray);
  const isPlain = Number.isInteger(status) && status >= 100 && status <= 999 && !reason && !pairs;
  if (!isPlain) idleResponse().writeHead(status, reason || undefined, pairs as string[]);
}

/** @internal */
export function refuseSecondHeaders({ req }: ServerResponse): void {
  if (req.httpVersionMajor === 2) throw http2HeadersSent();
  idleResponse().writeHead(200).writeHead(200);
}

/** Node's error, copied: an idle HTTP/2 response would need a stream of a real connection. */
function http2HeadersSent(): Error {
  const error = new Error('Response has already been initiated.');
  return Object.assign(error, { code: 'ERR_HTTP2_HEADERS_SENT' });
}

/** @internal */
export function refuseChunk(method: keyof Writers, [chunk]: readonly unknown[]): void {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  const isMeant = method === 'end' ? chunk && typeof chunk !== 'function' : method === 'write';
  if (isMeant) idleResponse().write(chunk);
}

function idleResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}
