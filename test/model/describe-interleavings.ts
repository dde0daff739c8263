import * as fc from 'fast-check';
import type { SessionStore } from 'nestjs-sessions';
import type { ManualClock } from 'nestjs-sessions/testing';
import { Interleaving } from './interleaving.js';
import { scenarios } from './scenario.js';

/** So many in a usual run; `npm run test:model` asks for 100,000. */
export const RUNS = Number(process.env.TEST_MODEL_RUNS ?? 500);
/** Servers and disks take their time. */
export const RUNS_ON_REAL_STORES = Math.max(30, RUNS / 100);

interface Options {
  readonly runs: number;
  /** Opens the store, for the time of one interleaving. */
  readonly open: (clock: ManualClock) => SessionStore;
}

/** Tries random interleavings of random requests; a failure prints the seed, the path and what it shrank to. */
export function describeInterleavings(name: string, { runs, open }: Options): void {
  describe(`Requests of one session on ${name}, however they interleave`, () => {
    it(
      `keep the guarantees in ${runs} interleavings`,
      async () => {
        const start = performance.now();
        await fc.assert(
          fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
            expect(await new Interleaving(scheduler, scenario, open).run()).toEqual([]);
          }),
          { numRuns: runs },
        );
        const seconds = ((performance.now() - start) / 1_000).toFixed(1);
        process.stdout.write(`${runs} interleavings on ${name} in ${seconds} s\n`);
      },
      60_000 + runs * 300,
    );
  });
}
