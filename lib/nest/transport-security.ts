import type { TLSSocket } from 'node:tls';
import { type AdapterRequest, rawRequest } from './session-context.js';

const LOCALHOST = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Tells whether a browser would refuse a Secure cookie on this request: plain HTTP, as far as the framework knows, and
 * not to this machine.
 *
 * @internal
 */
export function isInsecure(request: AdapterRequest): boolean {
  const { headers, socket } = rawRequest(request);
  if ((socket as TLSSocket).encrypted) return false;
  return !isHttps(request) && !LOCALHOST.test(headers.host ?? '');
}

/** Express and Fastify put the protocol here, taking the word of a trusted proxy. */
function isHttps(request: AdapterRequest & { readonly protocol?: unknown }): boolean {
  return request.protocol === 'https';
}
