import { FastifyAdapter } from '@nestjs/platform-fastify';
import { askHttp2 } from './ask-http2.js';
import { companions } from './companions.js';
import { describeMatrix } from './describe-matrix.js';
import { cells } from './matrix-cells.js';
import { MatrixPair } from './matrix-pair.js';

const makeAdapter = () => new FastifyAdapter({ http2: true } as object);

/** @fastify/compress answers this one over HTTP/2 and never ends it, with sessions and without. */
const unended = cells.filter(({ path, method }) => path.startsWith('/files/') && method === 'HEAD');

describe('On Fastify over HTTP/2, beside nothing', () => {
  const { nothing: prepare = () => undefined } = companions;
  describeMatrix(cells, () => MatrixPair.open(makeAdapter, prepare, askHttp2));
});

describe('On Fastify over HTTP/2, beside compression', () => {
  const { compression: prepare = () => undefined } = companions;
  const ended = cells.filter((cell) => !unended.includes(cell));
  describeMatrix(ended, () => MatrixPair.open(makeAdapter, prepare, askHttp2));
});
