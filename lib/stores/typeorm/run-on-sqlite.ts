import { QueryFailedError } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import type { Run } from './run.js';
import { UncommittedError } from './sql-error.js';

/** The common part of better-sqlite3 and libsql. */
interface Connection {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): PreparedStatement;
}

interface PreparedStatement {
  readonly reader: boolean;
  all(...values: readonly unknown[]): unknown[];
  run(...values: readonly unknown[]): { readonly changes: number };
}

/** The same number as TypeORM keeps. */
const MAX_PREPARED = 100;

/** Reused, since libsql keeps the locks of a failed read until it runs again. */
const prepared = new WeakMap<Connection, Map<string, PreparedStatement>>();

/**
 * Bypasses TypeORM's runner, which waits between the check for a transaction and the statement: the application may
 * begin one meanwhile.
 *
 * @internal
 */
export const runOnSqlite: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as Connection;
  if (runner.isTransactionActive || connection.inTransaction) {
    throw new UncommittedError('TRANSACTION_OPEN');
  }
  dataSourceOf(runner).logger.logQuery(sql, [...values], runner);
  try {
    const statement = preparedBy(connection, sql);
    if (statement.reader) return { records: statement.all(...values) };
    return { records: [], affected: changesBy(connection, statement, values) };
  } catch (error) {
    throw new QueryFailedError(sql, [...values], error as Error);
  }
};

function preparedBy(connection: Connection, sql: string): PreparedStatement {
  const statements = prepared.get(connection) ?? new Map<string, PreparedStatement>();
  const statement = statements.get(sql) ?? connection.prepare(sql);
  prepared.set(connection, statements.set(sql, statement));
  const [oldest] = statements.keys();
  if (statements.size > MAX_PREPARED) statements.delete(oldest!);
  return statement;
}

/**
 * Takes the lock before the statement: libsql leaves a statement open that found the database locked, and every later
 * read of the connection would see the state of that moment.
 */
function changesBy(
  connection: Connection,
  statement: PreparedStatement,
  values: readonly unknown[],
): number {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const { changes } = statement.run(...values);
    connection.exec('COMMIT');
    return changes;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
