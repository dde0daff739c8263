import { EntitySchema } from 'typeorm';
import { DEFAULT_TABLE, indexName, type SqlType, textTypes, USER_ID_LENGTH } from './sql-type.js';

/**
 * A row of the table.
 *
 * @publicApi
 */
export interface SessionRow {
  /** The SHA-256 of the session id. */
  readonly key: string;
  /** Identifies this state of the record. */
  readonly revision: string;
  /** The session's user, if any: the first 191 characters of the user id. */
  readonly userId: string | null;
  /** Milliseconds since the epoch; the drivers of PostgreSQL and MySQL return a text. */
  readonly expiresAt: number | string;
  /** Where the purge finds the record: `expiresAt`, rounded up to half an hour. */
  readonly purgeAt: number | string;
  /** The record as `encodeRecord` writes it. */
  readonly record: string;
}

/**
 * The table as TypeORM's `synchronize` makes it, for development; in production, run the migration. Made per type of
 * database, since types and collations differ.
 *
 * @publicApi
 */
export function sessionRecordEntity(
  type: SqlType,
  table: string = DEFAULT_TABLE,
): EntitySchema<SessionRow> {
  const { ascii, unicode, long } = textTypes(type);
  const [tableName, schema] = table.split('.').toReversed();
  return new EntitySchema<SessionRow>({
    name: 'SessionRow',
    tableName: tableName ?? table,
    ...(schema !== undefined && { schema }),
    columns: {
      key: { type: 'varchar', length: 64, primary: true, ...ascii },
      revision: { type: 'varchar', length: 64, ...ascii },
      userId: {
        name: 'user_id',
        type: 'varchar',
        length: USER_ID_LENGTH,
        nullable: true,
        ...unicode,
      },
      expiresAt: { name: 'expires_at', type: 'bigint' },
      record: long,
      purgeAt: { name: 'purge_at', type: 'bigint', default: 0 },
    },
    indices: [
      { name: indexName(table, 'user_id'), columns: ['userId'] },
      { name: indexName(table, 'purge_at'), columns: ['purgeAt'] },
    ],
  });
}
