import type { Exploration } from './explorer.js';

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
  for (const { name, exploration } of explored)
    for (const { breach, schedule, tried, replay } of exploration.findings)
      lines.push(`${breach}: ${name}, schedule ${tried}`, ...schedule.map(indented), `  ${replay}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function indented(label: string): string {
  return `    ${label}`;
}
