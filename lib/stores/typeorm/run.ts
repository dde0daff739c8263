import type { QueryResult, QueryRunner } from 'typeorm';

/**
 * Runs a statement that the database commits as it answers. Where the connection is in a transaction that the
 * application has left open on it, the statement would be undone with that, so it fails instead.
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
