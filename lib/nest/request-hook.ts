import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { HttpServer } from '@nestjs/common';
import type { AdapterRequest } from './session-context.js';

type RequestHook = (request: AdapterRequest, response: ServerResponse) => void;

/** The part of a Fastify instance that is used here. */
interface FastifyLike {
  addHook(name: 'onRequest', hook: FastifyHook): void;
}

type FastifyHook = (
  request: { readonly raw: IncomingMessage },
  reply: { readonly raw: ServerResponse },
  done: () => void,
) => void;

/**
 * Attaches a session to every request before any middleware runs. It listens to the server's `request` event, since a
 * middleware would run after others and costs ten times as much on Fastify.
 *
 * @internal
 */
export function addRequestHook(adapter: HttpServer, attachSession: RequestHook): void {
  (adapter.getHttpServer() as Server).prependListener('request', attachSession);
  const instance: unknown = adapter.getInstance?.();
  if (isFastify(instance)) prepareFastify(instance, attachSession);
}

/** Requests made by `inject` bypass the server. For all others, this hook adds Fastify's own request object. */
function prepareFastify(fastify: FastifyLike, attachSession: RequestHook): void {
  fastify.addHook('onRequest', (request, { raw: response }, done) => {
    attachSession(request, response);
    done();
  });
}

function isFastify(instance: unknown): instance is FastifyLike {
  return typeof instance === 'object' && instance !== null && 'decorateRequest' in instance;
}
