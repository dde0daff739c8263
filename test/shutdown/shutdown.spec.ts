import { randomBytes } from 'node:crypto';
import { random } from '../linearizability/plan.js';
import { findRedis, serverFolder } from '../support/servers.js';
import { SessionLoad } from './session-load.js';
import { type Exit, openStore, pause, ServingProcess, type Subject } from './stage.js';
import { Tally } from './tally.js';

/** `npm run test:shutdown` asks for 200. */
const ROUNDS = Number(process.env.TEST_SHUTDOWNS ?? 2);
const LANES = 2;
const SESSIONS = 3;

const redis = await findRedis();
const folder = await serverFolder();
const onRedis = { url: redis?.url ?? '', namespace: `test-${randomBytes(6).toString('hex')}` };
const onFiles = { directory: folder.path };
const subjects: Subject[] = [
  { adapter: 'Express', store: 'file', place: onFiles },
  { adapter: 'Fastify', store: 'redis', place: onRedis },
  { adapter: 'Fastify', store: 'file', place: onFiles },
  { adapter: 'Express', store: 'redis', place: onRedis },
].filter(({ store }) => store !== 'redis' || redis);

describe(`Processes that are told to end under load, ${ROUNDS} times`, () => {
  const tally = new Tally();
  const exits = new Set<Exit>();
  const complaints: string[] = [];

  beforeAll(
    async () => {
      const lane = async () => {
        while (tally.rounds < ROUNDS) await round(subjects[tally.rounds++ % subjects.length]!);
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      console.log(String(tally));
    },
    60_000 + ROUNDS * 5_000,
  );

  afterAll(async () => {
    await redis?.stop();
    await folder.remove();
  });

  it('lose nothing that they acknowledged, and store nothing that nobody asked for', () => {
    expect(tally.acknowledged).toBeGreaterThan(0);
    expect([tally.lost, tally.tooMany]).toEqual([0, 0]);
  });

  it('answer every request or close its connection, and leave none waiting', () => {
    expect([tally.failed, tally.hung]).toEqual([0, 0]);
  });

  it('close the store after the last request: none fails for want of it', () => {
    expect(complaints).toEqual([]);
  });

  it('end by themselves', () => {
    expect([...exits]).toEqual(['SIGTERM']);
  });

  /** Serves a load, is told to end in the middle of it, and ends; then what is stored is compared with the answers. */
  async function round(subject: Subject): Promise<void> {
    const { store, close } = await openStore(subject);
    const server = await ServingProcess.start(subject);
    const beginning = Array.from({ length: SESSIONS }, () => SessionLoad.begin(store, tally));
    const loads = await Promise.all(beginning);
    const running = loads.map((load) => load.run(server.origin));
    await Promise.all(loads.map((load) => load.warm.reached));
    await pause(random(0, 120));
    for (const load of loads) load.isLate = true;
    server.end();
    await pause(random(0, 120));
    for (const load of loads) load.isOver = true;
    await Promise.all(running);
    exits.add(await server.exit());
    complaints.push(...server.complaints);
    for (const load of loads) await load.judge();
    await close();
  }
});
