import { randomBytes } from 'node:crypto';
import { connectTo, createTable, type DatabaseAddress, dropTable } from '../support/databases.js';
import { findPostgres, findRedis, serverFolder } from '../support/servers.js';
import { type OpenStore, type Place, storeMakers } from '../support/workers/store-makers.js';
import { isLeft, isWritable, type Killed, killEverywhere, mayBeLeft } from './doomed.js';

/** `npm run test:shutdown` asks for 20. */
const KILLS = Number(process.env.TEST_KILLS ?? 1);
const WITHIN_MS = 20_000 + KILLS * 10_000;

interface Subject {
  readonly place: Place;
  remove(): Promise<void>;
}

const makers: Readonly<Record<string, () => Promise<Subject | undefined>>> = {
  async file() {
    const { path, remove } = await serverFolder();
    return { place: { directory: path }, remove };
  },
  async redis() {
    const found = await findRedis();
    const namespace = `test-${randomBytes(6).toString('hex')}`;
    return found && { place: { url: found.url, namespace }, remove: () => found.stop() };
  },
  async typeorm() {
    const found = await findPostgres();
    if (!found) return undefined;
    const address: DatabaseAddress = { type: 'postgres', url: found.url };
    const dataSource = await connectTo(address);
    const table = await createTable(dataSource);
    const remove = async (): Promise<void> => {
      await dropTable(dataSource, table);
      await dataSource.destroy();
    };
    return { place: { ...address, table }, remove };
  },
};

const found = await Promise.all(
  Object.entries(makers).map(async ([name, make]) => ({ name, subject: await make() })),
);
const subjects = found.flatMap(({ name, subject }) => (subject ? [[name, subject] as const] : []));

describe.each(subjects)(
  'Requests that are killed at every call to the store, on %s',
  (name, subject) => {
    const killed: Killed[] = [];
    let opened: OpenStore;

    beforeAll(async () => {
      opened = await storeMakers[name]!(subject.place);
      const args = [name, JSON.stringify(subject.place)];
      for (let kill = 0; kill < KILLS; kill++)
        killed.push(...(await killEverywhere(opened.store, args)));
    }, WITHIN_MS);

    afterAll(async () => {
      await opened?.close();
      await subject.remove();
    });

    it('leave the old session or the new one, and no part of either', async () => {
      const wrong: string[] = [];
      for (const request of killed) {
        const left = await isLeft(opened.store, request);
        const { deed, place, call } = request.task;
        const isDue = mayBeLeft(request.task).includes(left);
        if (!isDue) wrong.push(`a ${deed}, killed ${place} call ${call}, leaves ${left}`);
      }
      console.log(
        `${killed.length} requests on ${name} killed in ${KILLS} processes: ${wrong.length} half stored`,
      );
      expect(wrong).toEqual([]);
    });

    it(
      'keep nobody from writing',
      async () => {
        const kept: string[] = [];
        for (const { task } of killed) {
          const isKept = task.id !== undefined && !(await isWritable(opened.store, task.id));
          if (isKept) kept.push(`a ${task.deed}, killed ${task.place} call ${task.call}`);
        }
        expect(kept).toEqual([]);
      },
      WITHIN_MS,
    );
  },
);
