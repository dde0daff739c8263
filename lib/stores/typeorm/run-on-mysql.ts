import type { QueryResult } from 'typeorm';
import type { Run } from './run.js';
import { UncommittedError } from './sql-error.js';
import type { SqlType } from './sql-type.js';

/** The flags that MySQL and MariaDB send with an answer without rows. */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

const STATE = 'is_committing';

/**
 * A column that marks a row which may come from an old snapshot. MySQL ignores the condition for MariaDB as a comment,
 * and checks autocommit only.
 *
 * @internal
 */
export function stateColumn(type: SqlType): string {
  if (type !== 'mysql' && type !== 'mariadb') return '';
  return `, @@autocommit = 1 /*M! AND @@in_transaction = 0 */ AS :${STATE}`;
}

/** The connections that, by their last answer, commit each statement. */
const committing = new WeakSet<object>();

/**
 * A new connection is checked first: the settings of the server, or the application, may have switched autocommit off.
 * From then on the answer to each write carries the status, and so does each row with the column.
 *
 * @internal
 */
export const runOnMysql: Run = async (runner, sql, values) => {
  const connection = (await runner.connect()) as object;
  if (!committing.has(connection)) {
    const obstacle = obstacleIn(await runner.query('DO 0', [], true));
    if (obstacle) throw new UncommittedError(obstacle);
    committing.add(connection);
  }
  const result = await runner.query(sql, [...values], true);
  if (!obstacleIn(result) && !isOldSnapshot(result)) return result;
  committing.delete(connection);
  throw new UncommittedError('NOT_COMMITTED');
};

function obstacleIn({ raw }: QueryResult): 'AUTOCOMMIT_OFF' | 'TRANSACTION_OPEN' | undefined {
  const { serverStatus } = raw as { readonly serverStatus?: number };
  if (serverStatus === undefined) return undefined;
  if ((serverStatus & AUTOCOMMIT) === 0) return 'AUTOCOMMIT_OFF';
  return (serverStatus & IN_TRANSACTION) === 0 ? undefined : 'TRANSACTION_OPEN';
}

function isOldSnapshot({ records }: QueryResult<{ [STATE]?: string | number }>): boolean {
  return Number(records[0]?.[STATE] ?? 1) === 0;
}
