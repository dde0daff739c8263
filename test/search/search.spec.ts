import { type Exploration, explore } from './explorer.js';
import { report } from './report.js';
import { scenariosOf } from './scenarios.js';

describe.each(scenariosOf('quick'))('All schedules of $name', ({ scenarios }) => {
  it('keep the guarantees', async () => {
    const explored: { name: string; exploration: Exploration }[] = [];
    for (const scenario of scenarios())
      explored.push({ name: scenario.name, exploration: await explore(scenario) });
    report(explored);
    expect(explored.flatMap(({ exploration }) => exploration.findings).length).toBe(0);
  }, 120_000);
});
