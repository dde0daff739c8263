import type { Redis } from 'ioredis';
import { ioredisNeeded } from './redis-errors.js';

/**
 * Loads ioredis, which only a store without a client of the application needs. Rejects with one clear line if it is not
 * installed or too old.
 *
 * @internal
 */
export async function loadIoredis(): Promise<typeof Redis> {
  const ioredis = await import('ioredis').catch(() => undefined);
  if (!ioredis) throw ioredisNeeded('it is not installed');
  // Version 5 added `Redis`, and 5.4 a way to notice a connection that went silent.
  if (!hasSocketTimeout(ioredis.Redis)) throw ioredisNeeded('an older one is installed');
  return ioredis.Redis;
}

function hasSocketTimeout(given: typeof Redis | undefined): boolean {
  return given !== undefined && 'setSocketTimeout' in given.prototype;
}
