import { openSession, type SessionStore } from 'nestjs-sessions';
import { StoreWorker, type Task, UNHURRIED } from './workers/store-tasks.js';

/** Four who work on one store at once: processes, or requests of one process. */
export interface Crew {
  /** For the test itself: to prepare sessions and to look at them afterwards. */
  readonly store: SessionStore;
  readonly workers: readonly { perform(task: Task): Promise<unknown[]> }[];
  close(): Promise<void>;
}

const TIMES = 50;
/** CI asks for more, since each takes its time on a database. */
const RACES = Number(process.env.TEST_RACES ?? 200);
/** So many sessions at once, so that the four start together again and again. */
const RACES_AT_ONCE = 50;

/** Four requests at a time in this process, for a store that no other process can reach. */
export function fourRequests(store: SessionStore): Crew {
  const worker = new StoreWorker(store);
  return {
    store,
    workers: [worker, worker, worker, worker],
    close: () => Promise.resolve(),
  };
}

/** What overlapping requests must never lose, whichever process they run in. */
export function describeFourAtOnce(name: string, hire: () => Crew | Promise<Crew>): void {
  describe(`Four at once on ${name}`, () => {
    let crew: Crew;
    const all = (taskOf: (worker: number) => Task) =>
      Promise.all(crew.workers.map((worker, n) => worker.perform(taskOf(n))));
    const newSession = async () => {
      const session = openSession<Record<string, unknown>>(crew.store, undefined, UNHURRIED);
      session.set('count', 0);
      await session.save();
      return session.id!;
    };
    const read = (id: string) =>
      openSession<Record<string, unknown>>(crew.store, id, UNHURRIED).all();

    beforeAll(async () => {
      crew = await hire();
    });
    afterAll(() => crew?.close());

    it('keep 200 of 200 keys', async () => {
      const id = await newSession();
      await all((worker) => ({ kind: 'set-keys', id, worker, times: TIMES }));

      const { count: _, ...keys } = await read(id);
      expect(Object.keys(keys)).toHaveLength(4 * TIMES);
    });

    it('keep 200 of 200 increments, with 200 answers that differ', async () => {
      const id = await newSession();
      const answers = await all((worker) => ({ kind: 'increment', id, worker, times: TIMES }));

      expect(await read(id)).toEqual({ count: 4 * TIMES });
      expect(new Set(answers.flat()).size).toBe(4 * TIMES);
    });

    it(`revive 0 sessions in ${RACES} races of one destroy against three commits`, async () => {
      const outcomes = new Set<unknown>();
      let revived = 0;
      // Until a commit has met a destroy after it had seen the session alive, nothing is proven.
      const isProven = (raced: number) => raced >= RACES && outcomes.has('gone');
      for (let raced = 0; !isProven(raced); raced += RACES_AT_ONCE) {
        const ids = await Promise.all(Array.from({ length: RACES_AT_ONCE }, newSession));
        const destroyer = (raced / RACES_AT_ONCE) % 4;
        const answers = await all((worker) => ({
          kind: worker === destroyer ? 'destroy' : 'commit',
          ids,
        }));
        for (const outcome of answers.flat()) outcomes.add(outcome);
        const statuses = await Promise.all(
          ids.map(async (id) => (await openSession(crew.store, id, UNHURRIED).load()).status),
        );
        revived += statuses.filter((status) => status !== 'new').length;
      }

      expect(revived).toBe(0);
    });
  });
}
