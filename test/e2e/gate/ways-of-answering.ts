import type { ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { files } from './elsewhere.js';
import { rawOf, type Reply } from '../../support/reply.js';

export interface Answering {
  readonly reply: Reply;
  readonly response: ServerResponse;
  note(event: string): void;
}

const LONG = 'a body that is long enough to be compressed '.repeat(40);

/** What the handler returns; undefined once it has answered by itself. */
export const values: Readonly<Record<string, () => unknown>> = {
  'a value': () => ({ a: LONG }),
  'a text': () => LONG,
  'a short text': () => 'ok',
  undefined: () => undefined,
  'an Error': () => {
    throw new Error('on purpose');
  },
  'a StreamableFile': () => new StreamableFile(Buffer.from(LONG)),
};

/** What the handler does to the response. */
export const ways: Readonly<Record<string, (answering: Answering) => void>> = {
  'send() of a text': ({ reply }) => void reply.send(LONG),
  'send() of a buffer': ({ reply }) => void reply.send(Buffer.from(LONG)),
  'send() of an object': ({ reply }) => void reply.status(201).send({ a: LONG }),
  'send() of nothing with 204': ({ reply }) => void reply.status(204).send(),
  'send() of nothing with 304': ({ reply }) => void reply.status(304).send(),
  'end()': ({ response }) => response.end(LONG),
  'end() without a body': ({ response }) => response.end(),
  'end() with a length': ({ response }) => {
    response.setHeader('Content-Length', 2);
    response.end('ok');
  },
  'write() and end() with callbacks': ({ response, note }) => {
    response.write(LONG, () => note('written'));
    response.end('end', () => note('ended'));
  },
  'end() twice': ({ response }) => response.end('once').end(),
  'writeHead() alone': ({ response }) => {
    response.writeHead(203);
    response.end(LONG);
  },
  'writeHead() with a reason': ({ response }) => {
    response.writeHead(203, 'Reason');
    response.end(LONG);
  },
  'writeHead() with headers': ({ response }) => {
    response.writeHead(203, { 'X-Own': 'y' });
    response.end(LONG);
  },
  'writeHead() with undefined': ({ response }) => {
    response.writeHead(203, undefined, { 'X-Own': 'y' });
    response.end(LONG);
  },
  'writeHead() with a list': ({ response }) => {
    response.writeHead(203, ['X-Own', 'y', 'X-More', 'z']);
    response.end(LONG);
  },
  'writeHead() with 204': ({ response }) => {
    response.writeHead(204);
    response.end();
  },
  'writeHead() twice': ({ response, note }) => {
    response.writeHead(200);
    try {
      response.writeHead(201, { 'X-Own': 'y' });
    } catch (error) {
      note((error as { code: string }).code);
    }
    response.end(LONG);
  },
  'a wrong chunk': ({ response, note }) => {
    try {
      response.write(5);
    } catch (error) {
      note((error as { code: string }).code);
    }
    response.end(LONG);
  },
  'flushHeaders(), then end()': ({ response }) => {
    response.flushHeaders();
    response.end(LONG);
  },
  'flushHeaders(), then writes': ({ response }) => {
    response.setHeader('Content-Type', 'text/event-stream');
    response.flushHeaders();
    response.write(LONG);
    setImmediate(() => response.end(LONG));
  },
  'writes with pauses': ({ response }) => {
    response.write(LONG);
    setImmediate(() => {
      response.write(LONG);
      setImmediate(() => response.end());
    });
  },
  'pipe()': ({ response }) => void Readable.from([LONG, LONG, LONG]).pipe(response),
  'a redirect': ({ response }) => {
    response.writeHead(302, { Location: '/elsewhere' });
    response.end();
  },
  trailers: ({ response }) => {
    response.setHeader('Trailer', 'X-Sum');
    response.write(LONG);
    response.addTrailers({ 'X-Sum': '1' });
    response.end();
  },
  'sendFile()': ({ reply }) => sendFile(reply, 'page.html', files),
  'sendFile() of a long file': ({ reply }) => sendFile(reply, 'package-lock.json', resolve('.')),
  'an error by hand': ({ response }) => {
    response.writeHead(502);
    response.end('bad gateway');
  },
  'write() until it drains': ({ response, note }) => {
    if (response.write('x'.repeat(100_000))) return response.end();
    response.once('drain', () => {
      note('drained');
      response.end();
    });
  },
};

/** Express and Fastify with @fastify/static both have it. */
function sendFile(reply: Reply, name: string, root: string): void {
  (reply as unknown as { sendFile(name: string, options: object): void }).sendFile(name, { root });
}

export function answeringOf(reply: Reply, note: (event: string) => void): Answering {
  const response = rawOf(reply);
  response.once('finish', () => note('finish'));
  response.once('close', () => note('close'));
  return { reply, response, note };
}
