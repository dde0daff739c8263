import type { ChildProcess } from 'node:child_process';
import { Redis } from 'ioredis';
import { killAhead } from './redis-lag.js';
import { eventually, isInstalled, missing, type RedisProcess, startRedis } from './servers.js';

export interface RedisCluster {
  readonly ports: readonly number[];
  readonly processes: readonly ChildProcess[];
  /** Kills a master that has a replica, for good; its replica lacks the last `lagMs`. */
  killMaster(lagMs: number): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

/**
 * Three masters with a replica each, started for these tests; undefined where there is no redis-server. A master that
 * is silent for longer than the time-out is replaced.
 */
export async function startCluster(nodeTimeoutMs = 1_000): Promise<RedisCluster | undefined> {
  if (!isInstalled('redis-server'))
    return missing('redis-cluster', 'there is no redis-server to start');
  const nodes = await Promise.all(
    Array.from({ length: 2 * MASTERS }, () => startNode(nodeTimeoutMs)),
  );
  const admins = nodes.map(({ port }) => adminOf(port));
  try {
    await join(admins, nodes);
  } finally {
    for (const admin of admins) admin.disconnect();
  }
  return {
    ports: nodes.map(({ port }) => port),
    processes: nodes.map(({ process }) => process),
    killMaster: (lagMs) => killMaster(nodes, lagMs),
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

function startNode(nodeTimeoutMs: number): Promise<RedisProcess> {
  return startRedis(
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
    // A replica would else wait five seconds before it copies its master.
    ...['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0'],
  );
}

function adminOf(port: number): Redis {
  const admin = new Redis({ port, maxRetriesPerRequest: 1 });
  admin.on('error', () => undefined);
  return admin;
}

async function join(admins: readonly Redis[], nodes: readonly RedisProcess[]): Promise<void> {
  const [first, ...others] = admins as [Redis, ...Redis[]];
  for (const [n, { port }] of nodes.entries()) {
    await admins[n]!.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1);
    if (n > 0) await first.call('CLUSTER', 'MEET', '127.0.0.1', port);
    if (n < MASTERS) await admins[n]!.call('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(n));
  }
  await eventually(async () => {
    for (const admin of others) expectState(await admin.call('CLUSTER', 'INFO'), /known_nodes:6/);
  });
  for (const [n, admin] of admins.slice(MASTERS).entries()) {
    const master = String(await admins[n]!.call('CLUSTER', 'MYID'));
    await eventually(() => admin.call('CLUSTER', 'REPLICATE', master));
  }
  await eventually(async () => {
    for (const admin of admins) expectState(await admin.call('CLUSTER', 'INFO'), /state:ok/);
    for (const admin of admins.slice(MASTERS)) {
      expectState(await admin.info('replication'), /master_link_status:up/);
    }
  });
}

function slotsOf(n: number): [first: number, last: number] {
  const share = Math.ceil(SLOTS / MASTERS);
  return [n * share, Math.min((n + 1) * share, SLOTS) - 1];
}

function expectState(info: unknown, state: RegExp): void {
  if (!state.test(String(info))) throw new Error(`The cluster is not ${state.source} yet`);
}

type SlotRange = [first: number, last: number, ...nodes: [host: string, port: number][]];

async function killMaster(nodes: readonly RedisProcess[], lagMs: number): Promise<void> {
  const alive = nodes.find(({ process }) => process.exitCode === null && !process.signalCode)!;
  const admin = adminOf(alive.port);
  const ranges = (await admin.call('CLUSTER', 'SLOTS')) as SlotRange[];
  admin.disconnect();
  const [, , ...pair] = ranges.find(([, , , replica]) => replica !== undefined)!;
  const [master, ...replicas] = pair.map(([, port]) => nodes.find((node) => node.port === port)!);
  await killAhead(master!, replicas, lagMs);
}
