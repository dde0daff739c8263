import type { ColumnOptions } from 'typeorm';
import { SessionError } from '../../core/errors/session-errors.js';

/**
 * The `type` of a data source that can keep sessions.
 *
 * @publicApi
 */
export type SqlType = 'postgres' | 'mysql' | 'mariadb' | 'better-sqlite3';

const SQL_TYPES: readonly string[] = ['postgres', 'mysql', 'mariadb', 'better-sqlite3'];

/** @internal */
export function sqlTypeOf(type: string): SqlType {
  if (SQL_TYPES.includes(type)) return type as SqlType;
  throw new SessionError(
    'SESSION_CONFIG_INVALID',
    `TypeOrmSessionStore expected a data source of type ${SQL_TYPES.join(', ')}, got ${type}.`,
  );
}

interface TextTypes {
  /** Keys and revisions, which are case-sensitive. */
  readonly ascii: Pick<ColumnOptions, 'charset' | 'collation'>;
  /** User ids, which may contain any characters. */
  readonly unicode: Pick<ColumnOptions, 'charset' | 'collation'>;
  /** A record of any size. */
  readonly long: Pick<ColumnOptions, 'charset' | 'collation'> & {
    readonly type: 'text' | 'longtext';
  };
}

const PLAIN: TextTypes = { ascii: {}, unicode: {}, long: { type: 'text' } };

/** The default collations of MySQL and MariaDB fold case, and their `text` ends at 64 KiB. */
const EXACT: TextTypes = {
  ascii: { charset: 'ascii', collation: 'ascii_bin' },
  unicode: { charset: 'utf8mb4', collation: 'utf8mb4_bin' },
  long: { type: 'longtext', charset: 'utf8mb4', collation: 'utf8mb4_bin' },
};

/** @internal */
export function textTypes(type: SqlType): TextTypes {
  return type === 'mysql' || type === 'mariadb' ? EXACT : PLAIN;
}

/**
 * Length of the user id's prefix in the indexed column; the record holds all of it. An index of MySQL 5.6 ends at 767
 * bytes, and a character may take four.
 *
 * @internal
 */
export const USER_ID_LENGTH = 191;

/** @internal */
export const DEFAULT_TABLE = 'sessions';

/**
 * Index names are unique in a whole schema on some databases, so they contain the table's.
 *
 * @internal
 */
export function indexName(table: string, column: string): string {
  return `${table.split('.').at(-1)}_${column}_idx`;
}
