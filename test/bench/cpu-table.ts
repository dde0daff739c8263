import { MeasuredServer } from './measured-server.js';
import type { BenchOptions } from './options.js';
import { median, medianRatio } from './statistics.js';
import { type Adapter, PEERS, type Route, TARGETS } from './subjects.js';
import { table } from './table.js';

/** Bare Nest runs twice: what the second differs by from the first is noise. */
const SUBJECTS = ['bare', 'again', 'ours', 'peer'] as const;
type Subject = (typeof SUBJECTS)[number];

type PerSubject<T> = Readonly<Record<Subject, T>>;

/** Measures the CPU time per request on an adapter, and lays it out as a table. */
export async function cpuTable(adapter: Adapter, options: BenchOptions): Promise<string> {
  const servers = await startAll(adapter);
  const rows: string[][] = [];
  for (const route of options.routes) rows.push(row(route, await measure(servers, route, options)));
  for (const subject of SUBJECTS) await servers[subject].stop();
  const peer = PEERS[adapter];
  return table(
    [adapter, 'bare', 'again', 'ours', 'x bare', peer, 'x bare', 'ours/peer', 'target', ''],
    rows,
  );
}

async function startAll(adapter: Adapter): Promise<PerSubject<MeasuredServer>> {
  return {
    bare: await MeasuredServer.start(adapter, 'bare'),
    again: await MeasuredServer.start(adapter, 'bare'),
    ours: await MeasuredServer.start(adapter, 'ours'),
    peer: await MeasuredServer.start(adapter, 'peer'),
  };
}

/** CPU microseconds per request, round by round; each round begins with another subject. */
async function measure(
  servers: PerSubject<MeasuredServer>,
  route: Route,
  { rounds, requestsPerRound, warmUpRequests }: BenchOptions,
): Promise<PerSubject<readonly number[]>> {
  const micros: PerSubject<number[]> = { bare: [], again: [], ours: [], peer: [] };
  for (const subject of SUBJECTS) await servers[subject].measure(route, warmUpRequests);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < SUBJECTS.length; turn++) {
      const subject = SUBJECTS[(round + turn) % SUBJECTS.length]!;
      micros[subject].push(await servers[subject].measure(route, requestsPerRound));
    }
  }
  return micros;
}

function row(route: Route, { bare, again, ours, peer }: PerSubject<readonly number[]>): string[] {
  const { against, atMost } = TARGETS[route];
  const ratios = { bare: medianRatio(ours, bare), peer: medianRatio(ours, peer) };
  return [
    route,
    microsOf(bare),
    microsOf(again),
    microsOf(ours),
    ratios.bare.toFixed(2),
    microsOf(peer),
    medianRatio(peer, bare).toFixed(2),
    ratios.peer.toFixed(2),
    `${atMost.toFixed(2)} x ${against}`,
    ratios[against] <= atMost ? 'ok' : 'missed',
  ];
}

function microsOf(values: readonly number[]): string {
  return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)})`;
}
