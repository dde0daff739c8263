import { isDeepStrictEqual } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { adapters } from '../../support/adapters.js';
import { askByFetch, cells, isCommitted } from '../gate/matrix-cells.js';
import { type Comparison, MatrixPair } from '../gate/matrix-pair.js';

/* A process that an agent traces: it compares the matrix on the adapter that it is told, and prints what differs. */

declare const isTraced: () => boolean;

let [traced, untraced] = [0, 0];

function watch(app: INestApplication): void {
  app.use((_request: unknown, _response: unknown, next: () => void) => {
    if (isTraced()) traced++;
    else untraced++;
    next();
  });
}

const [, makeAdapter] = adapters.find(([name]) => name === process.argv[2])!;
const pair = await MatrixPair.open(makeAdapter, watch, askByFetch);
const differing: object[] = [];

function note(cell: object, work: string, { actual, expected }: Comparison): void {
  if (!isDeepStrictEqual(actual, expected)) differing.push({ cell, work, actual, expected });
}

for (const cell of cells) {
  for (const work of ['none', 'read', 'pending'] as const) {
    note(cell, work, await pair.compare(cell, work));
  }
  if (isCommitted(cell)) note(cell, 'refused', await pair.compareRefused(cell));
}
await pair.close();
process.stdout.write(JSON.stringify({ traced, untraced, differing }), () => process.exit());
