import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyProxy from '@fastify/http-proxy';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { isFastify } from './companions.js';

/* What an application answers with that no handler makes: files, templates, the answers of another server. */

export const files = resolve('test/e2e/gate/files');

/** Serves files at `/files`, another server at `/proxied`, and renders templates. */
export async function serveElsewhere(app: INestApplication, upstream: string): Promise<void> {
  if (isFastify(app)) await serveByFastify(app, upstream);
  else serveByExpress(app as NestExpressApplication, upstream);
}

async function serveByFastify(app: NestFastifyApplication, upstream: string): Promise<void> {
  const render = (template: string, data: object) => fill(template, data);
  app.useStaticAssets({ root: files, prefix: '/files/' });
  app.setViewEngine({ engine: { mustache: { render } }, root: files });
  await app.register(fastifyProxy, { upstream, prefix: '/proxied' });
}

function serveByExpress(app: NestExpressApplication, upstream: string): void {
  app.useStaticAssets(files, { prefix: '/files/' });
  app.setBaseViewsDir(files);
  app.engine('html', renderFile);
  app.use('/proxied', createProxyMiddleware({ target: upstream }));
}

function renderFile(path: string, data: object, done: (error: unknown, text?: string) => void) {
  readFile(path, 'utf8').then((template) => done(null, fill(template, data)), done);
}

function fill(template: string, data: object): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => String(Reflect.get(data, name)));
}

/** The other server, whose answer is longer than what a connection takes at once. */
export async function openUpstream(): Promise<{ origin: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(203, { 'Content-Type': 'text/plain', 'X-Own': 'upstream' });
    response.end('from another server '.repeat(20_000));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
