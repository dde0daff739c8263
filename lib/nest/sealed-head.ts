import type { ServerResponse } from 'node:http';
import { reasonOf } from './response-head.js';

/** Where Node keeps the head that it sent: `headersSent` looks at it, and setting a header throws. */
const TEXT = '_header';
type WithText = { [TEXT]: string | null };

/**
 * Makes a head look sent, although it is not, and returns what breaks the seal: the head is then as it was.
 *
 * @internal
 */
export function sealHead(response: ServerResponse): () => void {
  const { statusCode } = response;
  const reason = reasonOf(response);
  const unseal = hasText(response) ? sealText(response) : sealFields(response);
  return () => {
    unseal();
    response.statusCode = statusCode;
    if (reason) response.statusMessage = reason;
  };
}

function hasText(response: object): response is WithText {
  return Object.hasOwn(response, TEXT);
}

function sealText(response: WithText): () => void {
  response[TEXT] = 'held back';
  return () => {
    response[TEXT] = null;
  };
}

/** HTTP/2 sends fields, so there is no text: `headersSent` is replaced, and fields that were set meanwhile go again. */
function sealFields(response: ServerResponse): () => void {
  const names = response.getHeaderNames();
  const values = names.map((name) => response.getHeader(name)!);
  Object.defineProperty(response, 'headersSent', { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, 'headersSent');
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    for (const [index, name] of names.entries()) response.setHeader(name, values[index]!);
  };
}
