import { adapters } from '../../support/adapters.js';
import { companions } from './companions.js';
import { describeMatrix } from './describe-matrix.js';
import { askByFetch, cells } from './matrix-cells.js';
import { MatrixPair } from './matrix-pair.js';

describe.each(adapters)('On %s', (_, makeAdapter) => {
  describe.each(Object.entries(companions))('beside %s', (_name, prepare) => {
    describeMatrix(cells, () => MatrixPair.open(makeAdapter, prepare, askByFetch));
  });
});
