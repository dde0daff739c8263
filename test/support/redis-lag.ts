import { Redis } from 'ioredis';
import type { RedisProcess } from './servers.js';

/** Kills a master, for good. Its replicas lack what it wrote in its last `lagMs`. */
export async function killAhead(
  master: RedisProcess,
  replicas: readonly RedisProcess[],
  lagMs: number,
): Promise<void> {
  if (lagMs > 0) {
    for (const { process } of replicas) process.kill('SIGSTOP');
    await cutOff(master);
    await new Promise((resolve) => setTimeout(resolve, lagMs));
  }
  master.process.kill('SIGKILL');
  for (const { process } of replicas) process.kill('SIGCONT');
}

/** What the system keeps for a replica that is stopped would reach it after all. */
async function cutOff({ port }: RedisProcess): Promise<void> {
  const admin = new Redis({ port, maxRetriesPerRequest: 1 });
  await admin.client('KILL', 'TYPE', 'replica');
  admin.disconnect();
}
