import type { DataSource } from 'typeorm';
import { SessionError } from '../../core/session-errors.js';
import { CreateSessions1795219200000 } from './create-sessions.migration.js';
import type { SessionTable } from './session-table.js';
import { SqlError } from './sql-error.js';

/**
 * Connects a data source, or fails with one line that tells where the trouble is.
 *
 * @internal
 */
export async function connect(dataSource: DataSource): Promise<void> {
  try {
    await dataSource.initialize();
  } catch (error) {
    const { message } = SqlError.from('connecting', error);
    throw new SessionError(
      'SESSION_STORE_UNAVAILABLE',
      `TypeOrmSessionStore found no database. ${message} Check the address and the credentials of its data source.`,
    );
  }
}

/**
 * Fails with one line that says what to run where the table is missing or another one.
 *
 * @internal
 */
export async function checkTable(table: SessionTable): Promise<void> {
  try {
    await table.rows('looking for the table', table.statements.selectNothing);
  } catch (error) {
    throw error instanceof SqlError && error.isUnknownName ? noTable(table.name) : error;
  }
}

function noTable(name: string): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `TypeOrmSessionStore found no table \`${name}\` with the columns it needs. Run the migration ${CreateSessions1795219200000.name} of nestjs-sessions/typeorm.`,
  );
}
