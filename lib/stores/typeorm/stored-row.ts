import {
  decodeRecord,
  encodeRecord,
  type SessionRecord,
} from '../../core/record/session-record.js';
import { userIdOf } from '../../core/record/user-index.js';
import { purgeTimeOf } from './purge-time.js';
import { USER_ID_LENGTH } from './sql-type.js';

/**
 * A row as the database returns it.
 *
 * @internal
 */
export interface StoredRow {
  readonly record: string;
  readonly expires_at: string | number;
}

/** @internal */
export function recordIn({ record, expires_at }: StoredRow): SessionRecord {
  return decodeRecord(record, Number(expires_at));
}

/**
 * The columns of a record, by the names of the parameters of the statements.
 *
 * @internal
 */
export function columnsOf(record: SessionRecord): Readonly<Record<string, unknown>> {
  const { key, revision, expiresAt } = record;
  return {
    ...{ key, revision, expiresAt },
    userId: userIdOf(record)?.slice(0, USER_ID_LENGTH) ?? null,
    purgeAt: purgeTimeOf(expiresAt),
    record: encodeRecord(record),
  };
}
