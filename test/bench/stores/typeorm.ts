import { type SqlType, TypeOrmSessionStore } from 'nestjs-sessions/typeorm';
import { DataSource, type Logger } from 'typeorm';
import { dataSourceOptions } from '../../support/databases.js';
import { countCommand } from '../commands.js';
import type { BenchStore } from './bench-store.js';

const ignore = () => undefined;

const COUNTING_LOGGER: Logger = {
  logQuery: countCommand,
  logQueryError: ignore,
  logQuerySlow: ignore,
  logSchemaBuild: ignore,
  logMigration: ignore,
  log: ignore,
};

export function typeorm(type: SqlType): BenchStore {
  return {
    ours: ({ url, name }) =>
      new TypeOrmSessionStore(
        new DataSource(dataSourceOptions({ type, url }, { logger: COUNTING_LOGGER })),
        { table: name },
      ),
  };
}
