import type { Redis } from 'ioredis';

/** How often Redis ran which command during a task, those that scripts called included. */
export async function commandsDuring(
  admin: Redis,
  task: () => Promise<unknown>,
): Promise<Record<string, number>> {
  await admin.config('RESETSTAT');
  await task();
  const stats = await admin.info('commandstats');
  const counts = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return Object.fromEntries(
    counts
      .filter(([, name]) => !['info', 'config|resetstat'].includes(name!))
      .map(([, name, calls]) => [name, Number(calls)]),
  );
}
