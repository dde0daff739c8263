import type { Scenario } from './scenario.js';

/** Scenarios but for those that differ from one before by the names of requests and processes only. */
export function withoutTwins<T extends Scenario>(scenarios: Iterable<T>): readonly T[] {
  const seen = new Map<string, T>();
  for (const scenario of scenarios) {
    const key = namelessTextOf(scenario);
    if (!seen.has(key)) seen.set(key, scenario);
  }
  return [...seen.values()];
}

/** The first text in the alphabet of those that the scenario has with its requests in some order. */
function namelessTextOf({ requests, session, faults, kinds, jumpsMs, skewsMs }: Scenario): string {
  const texts = permutations(requests).map((order) => {
    const processes = [...new Set(order.map(({ process }) => process))];
    return JSON.stringify(
      order.map((plan) => ({ ...plan, process: processes.indexOf(plan.process) })),
    );
  });
  return JSON.stringify([texts.toSorted()[0], session, faults, kinds, jumpsMs, skewsMs]);
}

function permutations<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}
