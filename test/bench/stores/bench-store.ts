import type { Store } from 'express-session';
import type { SessionStore } from 'nestjs-sessions';
import type { Place } from '../place.js';
import type { StoreName } from '../subjects.js';

/** How the apps of a measured process come by their sessions. */
export interface BenchStore {
  ours(place: Place): SessionStore;
  /** For express-session and @fastify/session alike, where there is a well-kept one. */
  peer?(place: Place): Promise<Store | undefined>;
}

/** Loads the clients that this store needs, and no others. */
export async function benchStore(store: StoreName): Promise<BenchStore> {
  switch (store) {
    case 'memory':
      return (await import('./memory.js')).memory;
    case 'redis':
      return (await import('./redis.js')).redis;
    case 'file':
      return (await import('./file.js')).file;
    case 'postgres':
      return (await import('./postgres.js')).postgres;
    case 'mariadb':
      return (await import('./typeorm.js')).typeorm('mariadb');
    case 'sqlite':
      return (await import('./typeorm.js')).typeorm('better-sqlite3');
  }
}
