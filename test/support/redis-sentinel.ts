import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killAhead } from './redis-lag.js';
import {
  ended,
  eventually,
  freePort,
  isInstalled,
  missing,
  type RedisProcess,
  serverFolder,
  startRedis,
} from './servers.js';

export interface RedisSentinel {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly name: string;
  /** Kills the master, for good; its replicas lack the last `lagMs`. */
  killMaster(lagMs: number): Promise<void>;
  stop(): Promise<void>;
}

const NAME = 'mymaster';
const SENTINELS = 3;

/** A master, its replicas and three sentinels, started for these tests; undefined where there is no redis-server. */
export async function startSentinel(replicaCount = 1): Promise<RedisSentinel | undefined> {
  if (!isInstalled('redis-server'))
    return missing('redis-sentinel', 'there is no redis-server to start');
  const master = await startRedis('--repl-diskless-sync-delay', '0');
  const replicas = await Promise.all(
    Array.from({ length: replicaCount }, () => startReplica(master.port)),
  );
  const sentinels = await Promise.all(
    Array.from({ length: SENTINELS }, () => startOne(master.port)),
  );
  await eventually(async () => {
    for (const { port } of sentinels) await knowsAll(port, replicaCount);
  }, 20_000);
  return {
    sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    name: NAME,
    killMaster: (lagMs) => killAhead(master, replicas, lagMs),
    stop: async () => {
      await Promise.all(sentinels.map((sentinel) => sentinel.stop()));
      await Promise.all([master, ...replicas].map((server) => server.stop()));
    },
  };
}

/** It becomes the master of others, which would else wait five seconds before they copy it. */
function startReplica(masterPort: number): Promise<RedisProcess> {
  return startRedis(
    ...['--replicaof', `127.0.0.1 ${masterPort}`],
    ...['--repl-diskless-sync-delay', '0'],
  );
}

interface SentinelProcess {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

async function startOne(masterPort: number): Promise<SentinelProcess> {
  const [port, folder] = [await freePort(), await serverFolder()];
  const file = join(folder.path, 'sentinel.conf');
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder.path}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${NAME} 1000`,
      `sentinel failover-timeout ${NAME} 5000`,
      '',
    ].join('\n'),
  );
  const process = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await ended(process, 'SIGKILL');
    await folder.remove();
  };
  return { port, process, stop };
}

async function knowsAll(port: number, replicaCount: number): Promise<void> {
  const client = new Redis({ port, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    const [fields] = (await client.call('SENTINEL', 'MASTERS')) as string[][];
    const valueOf = (name: string) => fields![fields!.indexOf(name) + 1];
    if (valueOf('num-slaves') !== String(replicaCount) || valueOf('num-other-sentinels') !== '2')
      throw new Error('The sentinels do not know each other yet');
  } finally {
    client.disconnect();
  }
}
