/**
 * Tries all schedules of a tier, outside of jest, in which the same takes four times as long.
 *
 *     npm run test:search                             # all there is: hours
 *     TEST_SEARCH=ci npm run test:search              # minutes
 *     TEST_SEARCH_PART=2/4 npm run test:search        # the second quarter of the scenarios
 *     TEST_SEARCH_REPLAY='{...}' npm run test:search  # one schedule, as a breach was printed
 */
import { explore, replay } from './explorer.js';
import { report } from './report.js';
import type { Scenario } from './scenario.js';
import { scenariosOf, TIERS } from './scenarios.js';

const { TEST_SEARCH, TEST_SEARCH_PART = '1/1', TEST_SEARCH_REPLAY } = process.env;
const isKept = TEST_SEARCH_REPLAY ? await runAgain(TEST_SEARCH_REPLAY) : await searchAll();
process.exitCode = isKept ? 0 : 1;

async function runAgain(text: string): Promise<boolean> {
  const { scenario, schedule } = JSON.parse(text) as {
    scenario: Scenario;
    schedule: readonly string[];
  };
  const breaches = await replay(scenario, schedule);
  console.log(breaches.length === 0 ? 'No breach' : breaches.join('\n'));
  return breaches.length === 0;
}

async function searchAll(): Promise<boolean> {
  const tier = TIERS.find((name) => name === TEST_SEARCH) ?? 'full';
  const [part, parts] = TEST_SEARCH_PART.split('/').map(Number) as [number, number];
  let isKept = true;
  for (const { name, scenarios } of scenariosOf(tier)) {
    console.log(`\n${name}:`);
    const own = [...scenarios()].filter((_, index) => index % parts === part - 1);
    const explored = [];
    for (const scenario of own)
      explored.push({ name: scenario.name, exploration: await explore(scenario) });
    report(explored);
    isKept &&= explored.every(({ exploration }) => exploration.findings.length === 0);
  }
  return isKept;
}
