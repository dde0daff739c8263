import type { Run } from './run.js';
import { runOnMysql } from './run-on-mysql.js';
import { runOnSqlite } from './run-on-sqlite.js';
import { UncommittedError } from './sql-error.js';
import type { SqlType } from './sql-type.js';

/**
 * The way a database runs the statements of the store.
 *
 * @internal
 */
export function runOutsideTransactions(type: SqlType): Run {
  if (type === 'better-sqlite3') return runOnSqlite;
  return type === 'postgres' ? runOnPostgres : runOnMysql;
}

interface PostgresConnection {
  /** The status in the server's last answer: idle, in a transaction, or in a failed one. Since pg 8.21. */
  getTransactionStatus?(): 'I' | 'T' | 'E' | null;
}

const runOnPostgres: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as PostgresConnection;
  const status = connection.getTransactionStatus?.() ?? 'I';
  if (status !== 'I') throw new UncommittedError('TRANSACTION_OPEN');
  return runner.query(sql, [...values], true);
};
