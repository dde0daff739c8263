import type { QueryResult } from 'typeorm';
import type { Run } from './run.js';
import { UncommittedError } from './sql-error.js';
import type { SqlType } from './sql-type.js';

/** The flags that MySQL and MariaDB send with an answer that has no rows. */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

const STATE = 'is_committing';

/**
 * A column by which a row tells whether it may come from an old snapshot. MySQL, which takes the condition of MariaDB for a
 * comment, knows of autocommit only.
 *
 * @internal
 */
export function stateColumn(type: SqlType): string {
  if (type !== 'mysql' && type !== 'mariadb') return '';
  return `, @@autocommit = 1 /*M! AND @@in_transaction = 0 */ AS :${STATE}`;
}

/** The connections that committed each statement when they last told. */
const committing = new WeakSet<object>();

/**
 * A connection that nobody knows is asked first: the settings of the server, or the application, may have switched
 * autocommit off. From then on each write tells as it is answered, and so does each row that has the column.
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
