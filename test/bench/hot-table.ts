import { MeasuredProcess } from './measured-process.js';
import type { Burst } from './messages.js';
import type { Place } from './place.js';
import { median } from './statistics.js';
import { table } from './table.js';

const WRITERS = [1, 4, 16, 64, 200] as const;
const HEAD = [
  'processes, writers',
  'acknowledged',
  '503',
  '409',
  'commits/s',
  'median ms',
  'max ms',
  'calls per commit',
];

/** What all writers of a row were answered, in all rounds together. */
interface Total {
  readonly bursts: readonly Burst[];
  readonly seconds: number;
}

/**
 * Lays out how one session fares that many writers change at once, each once per round, in one process and in four. In
 * memory, there is one.
 *
 * @param commits how many there are in a row, at least
 */
export async function hotTable(place: Place, delayMs: number, commits: number): Promise<string> {
  const rows: string[][] = [];
  for (const count of place.store === 'memory' ? [1] : [1, 4]) {
    const processes = await started(place, delayMs, count);
    for (const writers of WRITERS.filter((writers) => writers >= count)) {
      const total = await measured(processes, writers, Math.max(3, Math.ceil(commits / writers)));
      rows.push([`${count}, ${writers}`, ...cellsOf(total)]);
    }
    await Promise.all(processes.map((process) => process.stop()));
  }
  return table(HEAD, rows);
}

async function started(place: Place, delayMs: number, count: number): Promise<MeasuredProcess[]> {
  const args = [JSON.stringify(place), String(delayMs)];
  const processes = Array.from({ length: count }, () =>
    MeasuredProcess.start('hot-writers.js', args),
  );
  await Promise.all(processes.map((process) => process.told('ready')));
  return processes;
}

async function measured(
  processes: readonly MeasuredProcess[],
  writers: number,
  rounds: number,
): Promise<Total> {
  const ask = { id: await newSession(processes[0]!), writers: writers / processes.length };
  const bursts: Burst[] = [];
  await burst(processes, ask);
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) bursts.push(...(await burst(processes, ask)));
  return { bursts, seconds: (performance.now() - startedAt) / 1_000 };
}

async function newSession(process: MeasuredProcess): Promise<string> {
  const told = process.told('session');
  process.ask('new session');
  return (await told).id;
}

function burst(
  processes: readonly MeasuredProcess[],
  ask: { readonly id: string; readonly writers: number },
): Promise<Burst[]> {
  return Promise.all(
    processes.map((process) => {
      const told = process.told('burst');
      process.ask(ask);
      return told;
    }),
  );
}

function cellsOf({ bursts, seconds }: Total): string[] {
  const latencies = bursts.flatMap((one) => one.latencies);
  const refused = (code: string) => sum(bursts.map(({ refusals }) => refusals[code] ?? 0));
  const calls = sum(bursts.map((one) => one.calls));
  return [
    String(latencies.length),
    String(refused('SESSION_STORE_UNAVAILABLE')),
    String(refused('SESSION_CONFLICT') + refused('SESSION_GONE')),
    (latencies.length / seconds).toFixed(0),
    median(latencies).toFixed(1),
    Math.max(...latencies).toFixed(1),
    (calls / latencies.length).toFixed(2),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
