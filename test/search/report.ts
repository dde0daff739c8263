import type { Exploration } from './explorer.js';

/** So many of one breach: what is wrong once is wrong in many scenarios. */
const SHOWN = 3;

/** Prints how much was tried, and each breach with what `TEST_SEARCH_REPLAY` takes to run it again. */
export function report(
  explored: readonly { readonly name: string; readonly exploration: Exploration }[],
): void {
  const sum = (count: (exploration: Exploration) => number): string =>
    explored.reduce((total, { exploration }) => total + count(exploration), 0).toLocaleString('en');
  const lines = [
    `${explored.length} scenarios, ${sum(({ schedules }) => schedules)} schedules, ` +
      `${sum(({ states }) => states)} states, ${sum(({ pruned }) => pruned)} pruned, ` +
      `${sum(({ seconds }) => seconds)} s`,
  ];
  const counts = new Map<string, number>();
  for (const { name, exploration } of explored)
    for (const { breach, schedule, tried, replay } of exploration.findings) {
      const count = (counts.get(breach) ?? 0) + 1;
      counts.set(breach, count);
      if (count > SHOWN) continue;
      lines.push(`${breach}: ${name}, schedule ${tried}`, ...schedule.map(indented), `  ${replay}`);
    }
  for (const [breach, count] of counts) lines.push(`${breach}: in ${count} scenarios`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function indented(label: string): string {
  return `    ${label}`;
}
