import { MeasuredServer } from './measured-server.js';
import type { BenchOptions } from './options.js';
import type { Place } from './place.js';
import { type Adapter, type Route, type Subject, subjectsOver } from './subjects.js';
import type { Usage } from './usage.js';

/** What a request took, round by round. */
export interface Measured extends Subject {
  readonly rounds: readonly Usage[];
}

/** What a request to each route took of each subject. */
export type Measurements = ReadonlyMap<Route, readonly Measured[]>;

interface Contestant extends Subject {
  readonly server: MeasuredServer;
}

/** Measures all subjects on an adapter side by side. */
export async function measureAll(
  adapter: Adapter,
  place: Place,
  options: BenchOptions,
): Promise<Measurements> {
  const contestants: Contestant[] = [];
  const measurements = new Map<Route, readonly Measured[]>();
  try {
    for (const subject of subjectsOver(place.store, adapter)) {
      const server = await MeasuredServer.start(adapter, subject.app, place);
      contestants.push({ ...subject, server });
    }
    for (const route of options.routes)
      measurements.set(route, await measure(contestants, route, options));
  } finally {
    for (const { server } of contestants) await server.stop();
  }
  return measurements;
}

/** Each round begins with another contestant. */
async function measure(
  contestants: readonly Contestant[],
  route: Route,
  { rounds, requestsPerRound, warmUpRequests }: BenchOptions,
): Promise<readonly Measured[]> {
  const measured = contestants.map((contestant) => ({ ...contestant, rounds: [] as Usage[] }));
  for (const { server } of measured) await server.measure(route, warmUpRequests);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < measured.length; turn++) {
      const next = measured[(round + turn) % measured.length]!;
      next.rounds.push(await next.server.measure(route, requestsPerRound));
    }
  }
  return measured;
}
