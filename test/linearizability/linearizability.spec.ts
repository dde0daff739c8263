import { Crew } from './crew.js';
import { Disturbance } from './disturbance.js';
import { MOST_PROCESSES, type Plan, randomPlan, renewingPlan } from './plan.js';
import { Recording } from './recording.js';
import type { VisitorOptions } from './session-visitor.js';
import { carelessSubject, findSubjects } from './subjects.js';
import { Tally } from './tally.js';

/** So many of each kind per store; `npm run test:linearizability` asks for 10,000. */
const HISTORIES = Number(process.env.TEST_HISTORIES ?? 4);
const HALF = Math.ceil(HISTORIES / 2);
/** Sessions that are used at the same time, so that a fault disturbs them all. */
const AT_ONCE = 4;
const TIMEOUT_MS = 60_000 + HISTORIES * 2_000;
const CALM: VisitorOptions = { storeTimeout: 2_000, renewEvery: false, lossShare: 0 };
/** The time is so short that a fault soon leaves outcomes unknown. */
const DISTURBED: VisitorOptions = { ...CALM, storeTimeout: 100 };
const RENEWING: VisitorOptions = { storeTimeout: 250, renewEvery: '2m', lossShare: 0.06 };

const crew = new Crew(MOST_PROCESSES);
const [subjects, careless] = await Promise.all([findSubjects(), carelessSubject()]);

/** @param planOf makes the plan of the n-th history */
async function record(
  histories: number,
  planOf: (n: number) => Plan,
  disturbance?: Disturbance,
): Promise<Tally> {
  const tally = new Tally();
  for (let begun = 0; begun < histories; begun += AT_ONCE) {
    const length = Math.min(AT_ONCE, histories - begun);
    const plans = Array.from({ length }, (_, n) => planOf(begun + n));
    const recordings = await Promise.all(plans.map((plan) => Recording.of(crew, plan)));
    const work = Promise.all(recordings.map((recording) => recording.carryOut()));
    await (disturbance ? disturbance.during(work) : work);
    await Promise.all(recordings.map((recording) => recording.readAll()));
    for (const recording of recordings) tally.add(recording);
  }
  return tally;
}

afterAll(async () => {
  await crew.dismiss();
  for (const subject of subjects) await subject.stop();
  await careless?.stop();
});

describe.each(subjects)('Sessions on $name, used by 4 to 8 processes', (subject) => {
  const { name, store, place, faultyPlace, faults } = subject;

  it(
    'are linearizable',
    async () => {
      await crew.open({ kind: 'open', store, place, options: CALM });
      const tally = await record(HALF, randomPlan);
      tally.print(name);
      expect(tally.violations).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'are linearizable while things go wrong',
    async () => {
      await crew.open({ kind: 'open', store, place: faultyPlace, options: DISTURBED });
      const disturbance = new Disturbance(crew, faults);
      const tally = await record(HISTORIES - HALF, randomPlan, disturbance);
      tally.print(`${name}, disturbed`, disturbance.names);
      expect(tally.violations).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'are linearizable while ids are renewed too, and half of the browsers miss cookies',
    async () => {
      await crew.open({ kind: 'open', store, place: faultyPlace, options: RENEWING });
      const disturbance = new Disturbance(crew, faults);
      const tally = await record(HISTORIES, (n) => renewingPlan(n % 2 === 1), disturbance);
      tally.print(`${name}, renewing`, disturbance.names);
      expect(tally.violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('A store that does not compare', () => {
  if (!careless) {
    it.todo('is caught where there is Redis');
    return;
  }
  const { name, store, place } = careless;

  it(
    'is caught',
    async () => {
      await crew.open({ kind: 'open', store, place, options: CALM });
      const tally = await record(HALF, randomPlan);
      tally.print(name);
      expect(tally.violations.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
