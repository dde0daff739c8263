import { type Exploration, explore, replay } from './explorer.js';
import { report } from './report.js';
import type { Scenario } from './scenario.js';
import { scenariosOf, TIERS } from './scenarios.js';

const tier = TIERS.find((name) => name === process.env.TEST_SEARCH) ?? 'quick';
const again = process.env.TEST_SEARCH_REPLAY;
/** Of how many processes that share the work this is the first, second or so on: `TEST_SEARCH_PART=2/4`. */
const [part, parts] = (process.env.TEST_SEARCH_PART ?? '1/1').split('/').map(Number) as [
  number,
  number,
];
const HOUR = 3_600_000;

if (again === undefined) {
  describe.each(scenariosOf(tier))('All schedules of $name', ({ scenarios }) => {
    it(
      'keep the guarantees',
      async () => {
        const explored: { name: string; exploration: Exploration }[] = [];
        for (const scenario of partOf(scenarios()))
          explored.push({ name: scenario.name, exploration: await explore(scenario) });
        report(explored);
        expect(explored.flatMap(({ exploration }) => exploration.findings).length).toBe(0);
      },
      72 * HOUR,
    );
  });
} else {
  it('The schedule of TEST_SEARCH_REPLAY keeps the guarantees', async () => {
    const { scenario, schedule } = JSON.parse(again) as {
      scenario: Scenario;
      schedule: readonly string[];
    };
    expect(await replay(scenario, schedule)).toEqual([]);
  });
}

function partOf<T>(all: Iterable<T>): T[] {
  return [...all].filter((_, index) => index % parts === part - 1);
}
