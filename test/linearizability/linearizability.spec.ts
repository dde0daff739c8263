import { Crew } from './crew.js';
import { Disturbance } from './disturbance.js';
import { MOST_PROCESSES, randomPlan } from './plan.js';
import { Recording } from './recording.js';
import { carelessSubject, findSubjects } from './subjects.js';
import { Tally } from './tally.js';

/** So many per store, half of them with faults; `npm run test:linearizability` asks for 10,000. */
const HISTORIES = Number(process.env.TEST_HISTORIES ?? 4);
const HALF = Math.ceil(HISTORIES / 2);
/** Sessions that are used at the same time, so that a fault disturbs them all. */
const AT_ONCE = 4;
const TIMEOUT_MS = 60_000 + HISTORIES * 2_000;
/** So short that a fault soon leaves outcomes unknown. */
const STORE_TIMEOUT_MS = { calm: 2_000, disturbed: 100 };

const crew = new Crew(MOST_PROCESSES);
const [subjects, careless] = await Promise.all([findSubjects(), carelessSubject()]);

async function record(histories: number, disturbance?: Disturbance): Promise<Tally> {
  const tally = new Tally();
  for (let begun = 0; begun < histories; begun += AT_ONCE) {
    const length = Math.min(AT_ONCE, histories - begun);
    const recordings = await Promise.all(Array.from({ length }, () => Recording.of(crew)));
    const work = Promise.all(recordings.map((recording) => recording.carryOut(randomPlan())));
    await (disturbance ? disturbance.during(work) : work);
    await Promise.all(recordings.map((recording) => recording.readAll()));
    for (const recording of recordings) tally.add(recording.operations);
  }
  return tally;
}

afterAll(async () => {
  await crew.dismiss();
  for (const subject of subjects) await subject.stop();
  await careless?.stop();
}, 30_000);

describe.each(subjects)('Sessions on $name, used by 4 to 8 processes', (subject) => {
  const { name, store, place, faultyPlace, faults } = subject;

  it(
    'are linearizable',
    async () => {
      await crew.open({ kind: 'open', store, place, storeTimeout: STORE_TIMEOUT_MS.calm });
      const tally = await record(HALF);
      tally.print(name);
      expect(tally.violations).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'are linearizable while things go wrong',
    async () => {
      const storeTimeout = STORE_TIMEOUT_MS.disturbed;
      await crew.open({ kind: 'open', store, place: faultyPlace, storeTimeout });
      const disturbance = new Disturbance(crew, faults);
      const tally = await record(HISTORIES - HALF, disturbance);
      tally.print(`${name}, disturbed`, disturbance.names);
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
      await crew.open({ kind: 'open', store, place, storeTimeout: STORE_TIMEOUT_MS.calm });
      const tally = await record(HALF);
      tally.print(name);
      expect(tally.violations.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
