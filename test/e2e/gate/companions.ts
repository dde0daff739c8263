import { createRequire } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyCompress from '@fastify/compress';
import expressSession from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import onHeaders from 'on-headers';

export type Prepare = (app: INestApplication, hasSessions: boolean) => unknown;
type Next = () => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

const compression = createRequire(import.meta.url)('compression') as (
  options: object,
) => Middleware;

const silent = { write: () => undefined };

export function isFastify(app: INestApplication): app is NestFastifyApplication {
  return app.getHttpAdapter().getType() === 'fastify';
}

/** What else an application has in front of its responses. */
export const companions: Readonly<Record<string, Prepare>> = {
  nothing: () => undefined,
  compression: (app) =>
    isFastify(app)
      ? app.register(fastifyCompress, { threshold: 0 })
      : app.use(compression({ threshold: 0 })),
  'helmet and morgan': (app) => app.use(helmet()).use(morgan('combined', { stream: silent })),
  'a head listener': (app) =>
    app.use((_: IncomingMessage, response: ServerResponse, next: Next) => {
      onHeaders(response, function (this: ServerResponse) {
        this.setHeader('X-Status', String(this.statusCode));
      });
      next();
    }),
  'express-session': (app) =>
    isFastify(app) ||
    app.use(expressSession({ secret: 'cats', resave: false, saveUninitialized: false })),
};
