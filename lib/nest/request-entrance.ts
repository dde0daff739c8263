import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { HttpServer } from '@nestjs/common';
import { sessionOfRequest } from './http-session.js';
import type { AdapterRequest } from './session-context.js';

type Admit = (request: AdapterRequest, response: ServerResponse) => void;

/** What Fastify's instance has and no other adapter's. */
interface FastifyLike {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, property: { getter(this: AdapterRequest): unknown }): void;
  addHook(name: 'onRequest', hook: FastifyHook): void;
}

/** What an Express application has: the prototype of all its requests. */
interface ExpressLike {
  readonly request: object;
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
  else if (isExpress(instance)) prepareExpress(instance);
}

/** Requests that `inject` makes up come by no server; of others, this makes Fastify's own known. */
function prepareFastify(fastify: FastifyLike, admit: Admit): void {
  fastify.addHook('onRequest', (request, { raw: response }, done) => {
    admit(request, response);
    done();
  });
  if (!fastify.hasRequestDecorator('session')) {
    fastify.decorateRequest('session', { getter: sessionOfRequest });
  }
}

function prepareExpress({ request }: ExpressLike): void {
  if (!('session' in request)) Object.defineProperty(request, 'session', SESSION_PROPERTY);
}

/**
 * `request.session`, which is what the `Session` decorator of @nestjs/common reads: importing the wrong one still
 * hands over our session. Assigning replaces it, for who brings a session of another kind.
 */
const SESSION_PROPERTY: PropertyDescriptor & ThisType<AdapterRequest> = {
  configurable: true,
  enumerable: false,
  get: sessionOfRequest,
  set(value: unknown) {
    Object.defineProperty(this, 'session', {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  },
};

function isFastify(instance: unknown): instance is FastifyLike {
  return typeof instance === 'object' && instance !== null && 'decorateRequest' in instance;
}

function isExpress(instance: unknown): instance is ExpressLike {
  return typeof instance === 'function' && 'request' in instance;
}
