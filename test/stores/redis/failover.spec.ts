import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { startCluster } from '../../support/redis-cluster.js';
import { startSentinel } from '../../support/redis-sentinel.js';
import type { LoadReport } from '../../support/workers/load-worker.js';
import type { Place } from '../../support/workers/store-makers.js';
import { dismissed, startProgram } from '../../support/workers/worker-processes.js';

const [cluster, sentinel] = await Promise.all([startCluster(), startSentinel()]);
afterAll(() => Promise.all([cluster?.stop(), sentinel?.stop()]));

const BEFORE_MS = 1_000;
const AFTER_MS = 5_000;
/** A request waits for the store twice at most: to load, and to commit. */
const LONGEST_WAIT_MS = 2 * 2_000 + 1_000;

/** Two processes work on sessions, each on its own, while a master is killed. */
async function loadDuring(name: string, place: Place, kill: () => unknown): Promise<LoadReport> {
  const workers = [0, 1].map(() =>
    startProgram('test/support/workers/load-worker.ts', name, JSON.stringify(place)),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  await pause(BEFORE_MS);
  await kill();
  await pause(AFTER_MS);
  const reports = workers.map(async (worker) => {
    const report = once(worker, 'message');
    worker.send('stop');
    const [answer] = (await report) as [LoadReport];
    await dismissed(worker);
    return answer;
  });
  return (await Promise.all(reports)).reduce(sum);
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
function faultsOf(name: string, report: LoadReport): string[] {
  console.info(`Failover of ${name}: ${JSON.stringify(report)}`);
  const bounds = {
    requests: report.requests > 100,
    worstWaitMs: report.worstWaitMs < LONGEST_WAIT_MS,
    errors: report.errors < report.requests / 10,
    // A session that a master took with it answers that it is gone.
    otherErrors: report.otherErrors <= report.lostSessions,
  };
  return Object.entries(bounds).flatMap(([bound, isKept]) => (isKept ? [] : [bound]));
}

(cluster ? describe : describe.skip)('RedisSessionStore while a Cluster master is killed', () => {
  it('answers in time', async () => {
    const place = { ports: cluster!.ports.join(), namespace: `test-${randomUUID()}` };
    const report = await loadDuring('redis-cluster', place, () => cluster!.killMasterOf('a'));

    expect(faultsOf('a Cluster', report)).toEqual([]);
  }, 30_000);
});

(sentinel ? describe : describe.skip)('RedisSessionStore while a Sentinel master is killed', () => {
  it('answers in time', async () => {
    const { sentinels, name, killMaster } = sentinel!;
    const place = { sentinels: JSON.stringify(sentinels), name, namespace: `test-${randomUUID()}` };
    const report = await loadDuring('redis-sentinel', place, killMaster);

    expect(faultsOf('Sentinel', report)).toEqual([]);
  }, 30_000);
});
