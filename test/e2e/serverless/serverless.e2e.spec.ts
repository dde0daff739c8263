import type { INestApplication } from '@nestjs/common';
import { SessionMiddleware } from 'nestjs-sessions';
import { adapters } from '../../support/adapters.js';
import { describeMatrix } from '../gate/describe-matrix.js';
import { type Ask, cells } from '../gate/matrix-cells.js';
import { MatrixPair } from '../gate/matrix-pair.js';
import { events, type LambdaRequest, toAnswer } from './events.js';
import { type LambdaFunction, toFunction } from './functions.js';

const functions = new WeakMap<INestApplication, LambdaFunction>();

/** Calls the function that an application has become. */
function askBy(
  make: (app: INestApplication) => LambdaFunction,
  event: (request: LambdaRequest) => object,
): Ask {
  return async (app, path, init) => {
    if (!functions.has(app)) functions.set(app, make(app));
    return toAnswer(await functions.get(app)!(event({ path, ...init }), {}));
  };
}

/** No server admits the requests. */
function admit(app: INestApplication, hasSessions: boolean): void {
  if (hasSessions) app.use(app.get(SessionMiddleware).use);
}

/** What a package does not take. */
const unknown: Readonly<Record<string, readonly string[]>> = {
  '@fastify/aws-lambda': ['Express'],
  'serverless-http': ['ALB'],
};

const rows = adapters.flatMap(([adapter, makeAdapter]) =>
  Object.entries(toFunction).flatMap(([name, make]) =>
    Object.entries(events)
      .filter(([source]) => !unknown[name]?.some((one) => one === adapter || one === source))
      .map(([source, event]) => ({ name, adapter, makeAdapter, source, ask: askBy(make, event) })),
  ),
);

/**
 * What these packages get wrong without sessions too: their connections never drain, know no trailers and take chunks for
 * the body, and some misread these heads.
 */
const unserved = [
  'write() until it drains',
  'trailers',
  'an answer of another server',
  'writeHead() with undefined',
  'writeHead() with a list',
];
const served = cells.filter(({ way }) => !unserved.includes(way));

describe.each(rows)('$name for $adapter, called by $source', ({ makeAdapter, ask }) => {
  describeMatrix(served, () => MatrixPair.open(makeAdapter, admit, ask));
});
