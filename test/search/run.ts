/**
 * Tries all schedules of a tier, outside of jest, in which the same takes four times as long.
 *
 *     npm run test:search                             # all there is: many hours
 *     TEST_SEARCH=ci npm run test:search              # minutes
 *     TEST_SEARCH_PART=2/4 npm run test:search        # the second quarter of the scenarios of each family
 *     TEST_SEARCH_FAMILY='two requests and a fault' npm run test:search
 *     TEST_SEARCH_REPLAY='{...}' npm run test:search  # one schedule, as a breach was printed
 */
import { explore, replay } from './explorer.js';
import { FamilyReport } from './report.js';
import type { Scenario } from './scenario.js';
import { scenariosOf, TIERS } from './scenarios.js';

const { TEST_SEARCH, TEST_SEARCH_FAMILY, TEST_SEARCH_PART = '1/1' } = process.env;
const { TEST_SEARCH_REPLAY } = process.env;
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
    if (TEST_SEARCH_FAMILY && TEST_SEARCH_FAMILY !== name) continue;
    const own = spread(scenarios).filter((_, index) => index % parts === part - 1);
    const report = new FamilyReport(name, own.length);
    for (const scenario of own) report.add(scenario.name, await explore(scenario));
    report.end();
    isKept &&= report.isKept;
  }
  return isKept;
}

/** In an order that has scenarios of all kinds early on, so that a search that is interrupted was not in vain. */
function spread<T>(items: readonly T[]): readonly T[] {
  const place = (index: number): number => (index * 0.618033988749895) % 1;
  return [...items.entries()]
    .toSorted(([one], [other]) => place(one) - place(other))
    .map(([, item]) => item);
}
