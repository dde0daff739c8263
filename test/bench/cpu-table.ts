import type { Measured, Measurements } from './measurements.js';
import { median, medianRatio } from './statistics.js';
import type { Adapter, App, Route, StoreName } from './subjects.js';
import { table } from './table.js';
import { type Target, targetsOf } from './targets.js';

/** Lays the CPU time per request out as a table: bare Nest twice, ours, and whoever it is compared with. */
export function cpuTable(adapter: Adapter, store: StoreName, measurements: Measurements): string {
  const [columns = []] = measurements.values();
  return table(
    head(adapter, columns),
    [...measurements].map(([route, measured]) => row(route, measured, targetsOf(store, route))),
  );
}

function head(adapter: Adapter, [bare, again, ours, ...others]: readonly Measured[]): string[] {
  return [
    adapter,
    ...[bare!, again!, ours!].map(({ name }) => name),
    'x bare',
    ...others.flatMap(({ name, app }) => [name, 'x bare', `ours/${app}`]),
    'target',
    '',
  ];
}

function row(route: Route, measured: readonly Measured[], targets: readonly Target[]): string[] {
  const [bare, again, ours, ...others] = measured as [Measured, Measured, Measured, ...Measured[]];
  return [
    route,
    ...[bare, again, ours].map(microsOf),
    ratio(ours, bare).toFixed(2),
    ...others.flatMap((other) => [
      microsOf(other),
      ratio(other, bare).toFixed(2),
      ratio(ours, other).toFixed(2),
    ]),
    targets.map(({ against, atMost }) => `${atMost.toFixed(2)} x ${against}`).join(', '),
    targets.map((target) => verdict(target, measured)).join(', '),
  ];
}

function verdict({ against, atMost }: Target, measured: readonly Measured[]): string {
  return ratio(find(measured, 'ours'), find(measured, against)) <= atMost ? 'ok' : 'missed';
}

function find(measured: readonly Measured[], app: App): Measured {
  return measured.find((one) => one.app === app)!;
}

function ratio(one: Measured, other: Measured): number {
  return medianRatio(micros(one), micros(other));
}

function microsOf(measured: Measured): string {
  return `${median(micros(measured)).toFixed(0)} (${Math.min(...micros(measured)).toFixed(0)})`;
}

function micros({ rounds }: Measured): readonly number[] {
  return rounds.map((round) => round.micros);
}
