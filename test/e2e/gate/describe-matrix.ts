import { type Cell, isCommitted } from './matrix-cells.js';
import type { MatrixPair } from './matrix-pair.js';

/** Compares an application cell by cell with the same one without sessions. */
export function describeMatrix(cells: readonly Cell[], open: () => Promise<MatrixPair>): void {
  let pair: MatrixPair;

  beforeAll(async () => {
    pair = await open();
  });
  afterAll(() => pair.close());

  describe.each(['none', 'read', 'pending'] as const)('with session work: %s', (work) => {
    it.each(cells)('$method $path: $way is answered as without sessions', async (cell) => {
      const { actual, expected } = await pair.compare(cell, work);
      expect(actual).toEqual(expected);
    });
  });

  it.each(cells.filter(isCommitted))(
    '$method $path: $way is a 503 where the commit fails',
    async (cell) => {
      const { actual, expected } = await pair.compareRefused(cell);
      expect(actual).toEqual(expected);
    },
  );
}
