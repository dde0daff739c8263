import { explore } from './explorer.js';
import { FamilyReport } from './report.js';
import { scenariosOf } from './scenarios.js';

describe.each(scenariosOf('quick'))('All schedules of $name', ({ name, scenarios }) => {
  it('keep the guarantees', async () => {
    const report = new FamilyReport(name, scenarios.length);
    for (const scenario of scenarios) report.add(scenario.name, await explore(scenario));
    report.end();
    expect(report.isKept).toBe(true);
  });
});
