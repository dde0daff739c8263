import type { Measured, Measurements } from './measurements.js';
import { median } from './statistics.js';
import type { Adapter, Route, StoreName } from './subjects.js';
import { table } from './table.js';
import { COMMANDS_WANTED } from './targets.js';

/** There are none in memory, and none that could be counted with files. */
export function hasCommands(store: StoreName): boolean {
  return store !== 'memory' && store !== 'file';
}

/** Lays out how many commands a request sends to the store. */
export function commandsTable(adapter: Adapter, measurements: Measurements): string {
  const [columns = []] = measurements.values();
  const names = storing(columns).map(({ name }) => name);
  return table(
    [adapter, ...names, 'wanted', ''],
    [...measurements].map(([route, measured]) => row(route, storing(measured))),
  );
}

function row(route: Route, measured: readonly Measured[]): string[] {
  const commands = measured.map(({ rounds }) => median(rounds.map((round) => round.commands)));
  const wanted = COMMANDS_WANTED[route];
  return [
    route,
    ...commands.map((count) => String(Number(count.toFixed(2)))),
    String(wanted),
    commands[0]! <= wanted ? 'ok' : 'missed',
  ];
}

function storing(measured: readonly Measured[]): readonly Measured[] {
  return measured.filter(({ app }) => app !== 'bare');
}
