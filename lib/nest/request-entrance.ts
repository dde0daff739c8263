import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { HttpServer } from '@nestjs/common';
import type { AdapterRequest } from './session-context.js';

type Admit = (request: AdapterRequest, response: ServerResponse) => void;

/** What Fastify's instance has and no other adapter's. */
interface FastifyLike {
  addHook(name: 'onRequest', hook: FastifyHook): void;
}

type FastifyHook = (
  request: { readonly raw: IncomingMessage },
  reply: { readonly raw: ServerResponse },
  done: () => void,
) => void;

/**
 * Has every request of an application admitted before anybody else sees it: as the server gets it, since a middleware
 * would come after others and costs ten times as much on Fastify.
 *
 * @internal
 */
export function admitAll(adapter: HttpServer, admit: Admit): void {
  (adapter.getHttpServer() as Server).prependListener('request', admit);
  const instance: unknown = adapter.getInstance?.();
  if (isFastify(instance)) prepareFastify(instance, admit);
}

/** Requests that `inject` makes up come by no server; of others, this makes Fastify's own known. */
function prepareFastify(fastify: FastifyLike, admit: Admit): void {
  fastify.addHook('onRequest', (request, { raw: response }, done) => {
    admit(request, response);
    done();
  });
}

function isFastify(instance: unknown): instance is FastifyLike {
  return typeof instance === 'object' && instance !== null && 'decorateRequest' in instance;
}
