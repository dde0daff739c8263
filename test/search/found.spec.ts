import { replay } from './explorer.js';
import { FOUND } from './found.js';

describe('The defects that the search has found', () => {
  it.each(FOUND)('$what: the schedule that led there keeps the guarantees', async (found) => {
    expect(await replay(found.scenario, found.schedule)).toEqual([]);
  });
});
