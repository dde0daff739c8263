import type { QueryResult } from 'typeorm';
import type { Run } from './run.js';
import { runOnSqlite } from './run-on-sqlite.js';
import { UncommittedError } from './sql-error.js';
import type { SqlType } from './sql-type.js';

interface PostgresConnection {
  /**
   * What the server said with its last answer: idle, in a transaction, or in one that failed. Older versions of pg keep
   * it to themselves.
   */
  getTransactionStatus?(): 'I' | 'T' | 'E' | null;
}

const runOnPostgres: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as PostgresConnection;
  const status = connection.getTransactionStatus?.() ?? 'I';
  if (status !== 'I') throw new UncommittedError('TRANSACTION_OPEN');
  return runner.query(sql, [...values], true);
};

/** The flags that MySQL and MariaDB send with an answer that has no rows. */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

/** The connections that committed each statement when they last told. */
const committing = new WeakSet<object>();

/**
 * A connection that nobody knows is asked first: the settings of the server, or the application, may have switched
 * autocommit off. From then on each write tells as it is answered.
 */
const runOnMysql: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as object;
  if (!committing.has(connection)) {
    const obstacle = obstacleIn(await runner.query('DO 0', [], true));
    if (obstacle) throw new UncommittedError(obstacle);
    committing.add(connection);
  }
  const result = await runner.query(sql, [...values], true);
  if (!obstacleIn(result)) return result;
  committing.delete(connection);
  throw new UncommittedError('NOT_COMMITTED');
};

function obstacleIn({ raw }: QueryResult): 'AUTOCOMMIT_OFF' | 'TRANSACTION_OPEN' | undefined {
  const { serverStatus } = raw as { readonly serverStatus?: number };
  if (serverStatus === undefined) return undefined;
  if ((serverStatus & AUTOCOMMIT) === 0) return 'AUTOCOMMIT_OFF';
  return (serverStatus & IN_TRANSACTION) === 0 ? undefined : 'TRANSACTION_OPEN';
}

/**
 * How a database runs the statements of the store.
 *
 * @internal
 */
export function runOutsideTransactions(type: SqlType): Run {
  if (type === 'better-sqlite3') return runOnSqlite;
  return type === 'postgres' ? runOnPostgres : runOnMysql;
}
