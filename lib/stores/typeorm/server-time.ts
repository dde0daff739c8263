import type { SqlType } from './sql-type.js';

/**
 * The current instant by the clock of a database, in milliseconds since the epoch, whatever its time zone. SQLite runs
 * in this process and has no clock of its own.
 *
 * @internal
 */
export function serverTime(type: SqlType): string | undefined {
  return SERVER_TIME[type];
}

/** MySQL and MariaDB read it as the statement starts; PostgreSQL again for a row that the statement had to wait for. */
const UTC_TIME = `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;
const SERVER_TIME: Partial<Record<SqlType, string>> = {
  postgres: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)',
  mysql: UTC_TIME,
  mariadb: UTC_TIME,
};

/**
 * An instant as a parameter. Without a cast, PostgreSQL would infer its type from the number added to it.
 *
 * @internal
 */
export function givenTime(type: SqlType): string {
  return type === 'postgres' ? 'CAST($now AS bigint)' : '$now';
}
