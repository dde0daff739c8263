import { FAULTS } from './calls.js';
import { explore } from './explorer.js';
import { plan } from './plans.js';
import type { Scenario } from './scenario.js';
import type { ScriptName } from './vocabulary.js';

const PAIRS: readonly (readonly [ScriptName, ScriptName, number])[] = [
  ['get', 'set', 1],
  ['set', 'rotate', 1],
  ['flashed', 'logout', 0],
  ['take', 'update', 0],
  ['set', 'revoke', 1],
];

describe('A search that leaves out equivalent schedules', () => {
  it.each(PAIRS)(
    'of %s and %s ends in the states of one that leaves out none',
    async (...pair) => {
      const scenario = scenarioOf(...pair);
      const all = await explore(scenario, { isPlain: true });
      const left = await explore(scenario);
      expect(left.ends).toEqual(all.ends);
      expect(left.states).toBeLessThan(all.states);
    },
    120_000,
  );
});

function scenarioOf(one: ScriptName, other: ScriptName, process: number): Scenario {
  const requests = [plan(one), plan(other, { process })];
  return { requests, session: 'fresh', faults: 1, kinds: FAULTS, jumpsMs: [], skewsMs: [] };
}
