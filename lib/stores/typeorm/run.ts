import type { QueryResult, QueryRunner } from 'typeorm';

/**
 * Runs a statement that the database commits as it answers. If the application has left a transaction open on the
 * connection, the statement fails instead, since a rollback would undo it.
 *
 * @internal
 */
export type Run = (
  runner: QueryRunner,
  sql: string,
  values: readonly unknown[],
) => Promise<SqlResult>;

/** @internal */
export type SqlResult = Pick<QueryResult<unknown>, 'records' | 'affected'>;
