import { explore, replay } from './explorer.js';
import { FOUND } from './found.js';
import { report } from './report.js';

describe('What the search has found', () => {
  it.each(FOUND)('$what: the schedule that led there keeps the guarantees', async (found) => {
    expect(await replay(found.scenario, found.schedule)).toEqual([]);
  });

  it.each(FOUND)(
    '$what: no schedule of its scenario leads there',
    async ({ what, scenario }) => {
      const exploration = await explore(scenario);
      report([{ name: what, exploration }]);
      expect(exploration.findings).toEqual([]);
    },
    120_000,
  );
});
