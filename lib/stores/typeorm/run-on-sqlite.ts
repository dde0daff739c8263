import { QueryFailedError } from 'typeorm';
import type { Run, SqlResult } from './run.js';
import { UncommittedError } from './sql-error.js';

/** What better-sqlite3 and libsql have in common. */
interface Connection {
  readonly inTransaction: boolean;
  prepare(sql: string): PreparedStatement;
}

interface PreparedStatement {
  readonly reader: boolean;
  all(...values: readonly unknown[]): unknown[];
  run(...values: readonly unknown[]): { readonly changes: number };
}

/** As many as TypeORM keeps. */
const MAX_PREPARED = 100;

/** They are used again because libsql goes on holding the locks of one that failed. */
const prepared = new WeakMap<Connection, Map<string, PreparedStatement>>();

/**
 * Leaves out TypeORM's runner, which waits between the look for a transaction and the statement: the application may
 * begin one meanwhile.
 *
 * @internal
 */
export const runOnSqlite: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as Connection;
  if (runner.isTransactionActive || connection.inTransaction) {
    throw new UncommittedError('TRANSACTION_OPEN');
  }
  runner.dataSource.logger.logQuery(sql, [...values], runner);
  try {
    return resultOf(preparedBy(connection, sql), values);
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

function resultOf(statement: PreparedStatement, values: readonly unknown[]): SqlResult {
  return statement.reader
    ? { records: statement.all(...values) }
    : { records: [], affected: statement.run(...values).changes };
}
