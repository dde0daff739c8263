import type { TLSSocket } from 'node:tls';
import { type AdapterRequest, rawRequest } from './session-context.js';

const LOCALHOST = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

const WARNINGS = {
  browser:
    'The session cookie is Secure and a request for it came over plain HTTP, so the browser will not keep it. Behind a proxy that ends TLS, set `trust proxy` (Express) or `trustProxy` (Fastify); to serve plain HTTP, set `cookie.secure` to false.',
  tool: "The session cookie is Secure and went over plain HTTP to a client on this machine that seems to be no browser. Browsers keep it on localhost; the agent of supertest, Postman and others drop it, and each of their requests is a new visitor's. For tests, set `cookie: { secure: process.env.NODE_ENV !== 'test' }`, use HTTPS, or send the Cookie header yourself, as `seedSession` gives it.",
};

/** A client that may not keep the cookie. @internal */
export type InsecureClient = keyof typeof WARNINGS;

/** @internal */
export function transportWarning(client: InsecureClient): string {
  return WARNINGS[client];
}

/**
 * The kind of client that would drop a Secure cookie on this request, which came over plain HTTP as far as the
 * framework knows. On localhost browsers keep the cookie and other clients may not, unless they already sent cookies.
 *
 * @internal
 */
export function insecureClient(request: AdapterRequest): InsecureClient | undefined {
  const { headers, socket } = rawRequest(request);
  if ((socket as TLSSocket).encrypted || isHttps(request)) return undefined;
  if (!LOCALHOST.test(headers.host ?? '')) return 'browser';
  const isBrowser = headers['sec-fetch-site'] !== undefined;
  return isBrowser || headers.cookie !== undefined ? undefined : 'tool';
}

/** Express and Fastify set `protocol`, and honour the headers of a trusted proxy. */
function isHttps(request: AdapterRequest & { readonly protocol?: unknown }): boolean {
  return request.protocol === 'https';
}
