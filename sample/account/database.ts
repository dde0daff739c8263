import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import libsql from 'libsql';
import type { StoreProvider } from 'nestjs-sessions';
import { RedisSessionStore } from 'nestjs-sessions/redis';
import {
  AddPurgeTime1795305600000,
  CreateSessions1795219200000,
  TypeOrmSessionStore,
} from 'nestjs-sessions/typeorm';
import { CreateUsers1795219200001 } from './users/create-users.migration.js';

const { ACCOUNT_DATABASE = 'account.sqlite', REDIS_URL } = process.env;

/** SQLite in a file, by a driver that needs no compiler. */
export const database: TypeOrmModuleOptions = {
  type: 'better-sqlite3',
  driver: libsql,
  database: ACCOUNT_DATABASE,
  enableWAL: true,
  timeout: 500,
  autoLoadEntities: true,
  migrations: [CreateSessions1795219200000, AddPurgeTime1795305600000, CreateUsers1795219200001],
  migrationsRun: true,
  retryAttempts: 0,
};

/** Sessions stand beside the users, or in the Redis that the environment names. */
export const sessionStore: StoreProvider = REDIS_URL
  ? { useFactory: () => redisStore(new URL(REDIS_URL)) }
  : TypeOrmSessionStore;

function redisStore({ hostname, port, username, password }: URL): RedisSessionStore {
  const client = { host: hostname, port: Number(port || 6379), username, password };
  return new RedisSessionStore({ client, namespace: 'sample-account' });
}
