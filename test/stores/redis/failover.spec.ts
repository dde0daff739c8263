import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { startCluster } from '../../support/redis-cluster.js';
import { startSentinel } from '../../support/redis-sentinel.js';
import { isInstalled, missing } from '../../support/servers.js';
import type { LoadReport } from '../../support/workers/load-worker.js';
import type { Place } from '../../support/workers/store-makers.js';
import { dismissed, startProgram } from '../../support/workers/worker-processes.js';

const BEFORE_MS = 1_000;
const AFTER_MS = 4_000;
/** How far behind its master a replica is that is behind; a time-out of WAIT is longer. */
const LAG_MS = 300;
/** A request waits for the store twice at most: to load, and to commit. */
const LONGEST_WAIT_MS = 2 * 2_000 + 1_000;

/** Two processes work on sessions, each on its own, while a master is killed. */
async function loadDuring(name: string, place: Place, kill: () => unknown): Promise<LoadReport> {
  const workers = [0, 1].map(() =>
    startProgram('test/support/workers/load-worker.ts', name, JSON.stringify(place)),
  );
  await Promise.all(workers.map(told));
  await pause(BEFORE_MS);
  await kill();
  await pause(AFTER_MS);
  const reports = workers.map(async (worker) => {
    worker.send('stop');
    const report = (await told(worker)) as LoadReport;
    await dismissed(worker);
    return report;
  });
  return (await Promise.all(reports)).reduce(sum);
}

/** What a worker says next. */
async function told(worker: ChildProcess): Promise<unknown> {
  const failure = once(worker, 'exit').then(() => {
    throw new Error('A worker ended early');
  });
  const [message] = (await Promise.race([once(worker, 'message'), failure])) as [unknown];
  failure.catch(() => undefined);
  return message;
}

function sum(one: LoadReport, other: LoadReport): LoadReport {
  const worstWaitMs = Math.max(one.worstWaitMs, other.worstWaitMs);
  const entries = Object.entries(one).map(([name, n]) => [
    name,
    Number(n) + other[name as keyof LoadReport],
  ]);
  return { ...(Object.fromEntries(entries) as LoadReport), worstWaitMs };
}

/** Failing over takes as long as it takes: this is where native time is the subject. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What of a report is out of bounds; it is printed, to be put into the documentation. */
function faultsOf(name: string, { durability, lagMs }: Conditions, report: LoadReport): string[] {
  console.info(`${name}, ${durability}, ${lagMs} ms behind: ${JSON.stringify(report)}`);
  const bounds = {
    requests: report.requests > 100,
    worstWaitMs: report.worstWaitMs < LONGEST_WAIT_MS,
    // Requests go on before and after. How many are refused meanwhile depends on the machine: a client that does not
    // wait for the next master refuses at once, and its visitors ask again.
    errors: report.errors < report.requests / 2,
    // A session that a master took with it answers that it is gone.
    otherErrors: report.otherErrors <= report.lostSessions,
    // Whoever has acknowledged it takes the place of the master here.
    revivedSessions: report.revivedSessions === 0 || durability === 'none',
    // Else this test would not see what it is about.
    lostWrites: report.lostWrites + report.lostSessions > 0 || durability !== 'none' || lagMs === 0,
  };
  return Object.entries(bounds).flatMap(([bound, isKept]) => (isKept ? [] : [bound]));
}

function placeUnder({ durability }: Conditions): Place {
  const namespace = `test-${randomUUID()}`;
  return durability === 'none' ? { namespace } : { namespace, replicas: '1' };
}

interface Conditions {
  /** Whether the end of a session waits for a replica. */
  readonly durability: 'none' | 'one replica';
  /** How much the replica lacks when its master is killed. */
  readonly lagMs: number;
}

/** A failover takes ten seconds: a usual run makes do with one of each kind of server, CI asks for `all`. */
const CONDITIONS: readonly Conditions[] = [
  { durability: 'one replica', lagMs: LAG_MS } as const,
  { durability: 'none', lagMs: LAG_MS } as const,
  { durability: 'none', lagMs: 0 } as const,
].slice(0, process.env.TEST_FAILOVERS === 'all' ? undefined : 1);

/** The store that a process opens, by the client that it goes through. */
const CLUSTER_STORES = { ioredis: 'redis-cluster', 'node-redis': 'node-redis-cluster' } as const;
const CLUSTER_CONDITIONS = (['ioredis', 'node-redis'] as const).flatMap((client) =>
  CONDITIONS.map((conditions) => ({ client, ...conditions })),
);

const isAvailable =
  isInstalled('redis-server') || missing('redis-cluster', 'there is no redis-server to start');

(isAvailable ? describe : describe.skip)('While a master is killed', () => {
  let server: { stop(): Promise<void> } | undefined;
  afterEach(() => server?.stop());

  it.each(CLUSTER_CONDITIONS)(
    'a Cluster with $client answers in time: durability of $durability, replica $lagMs ms behind',
    async ({ client, ...conditions }) => {
      const cluster = (await startCluster())!;
      server = cluster;
      const place = { ports: cluster.ports.join(), ...placeUnder(conditions) };
      const kill = () => cluster.killMaster(conditions.lagMs);
      const report = await loadDuring(CLUSTER_STORES[client], place, kill);

      expect(faultsOf(`Cluster with ${client}`, conditions, report)).toEqual([]);
    },
  );

  it.each(CONDITIONS)(
    'Sentinel answers in time: durability of $durability, replica $lagMs ms behind',
    async (conditions) => {
      const sentinel = (await startSentinel(2))!;
      server = sentinel;
      const { sentinels, name } = sentinel;
      const place = { sentinels: JSON.stringify(sentinels), name, ...placeUnder(conditions) };
      const kill = () => sentinel.killMaster(conditions.lagMs);
      const report = await loadDuring('redis-sentinel', place, kill);

      expect(faultsOf('Sentinel', conditions, report)).toEqual([]);
    },
  );
});
