import type { DataSource } from 'typeorm';
import { SessionError } from '../../core/errors/session-errors.js';
import { AddPurgeTime1795305600000 } from './add-purge-time.migration.js';
import { CreateSessions1795219200000 } from './create-sessions.migration.js';
import type { SessionTable } from './session-table.js';
import { SqlError } from './sql-error.js';

/**
 * Connects a data source, or fails with one line that names the problem.
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

/** The columns that each migration adds, in the order in which they run. */
const COLUMNS = [
  [CreateSessions1795219200000.name, ['key', 'revision', 'user_id', 'expires_at', 'record']],
  [AddPurgeTime1795305600000.name, ['purge_at']],
] as const;

/**
 * If the table is missing or lacks a column, fails with one line that names the migration to run.
 *
 * @internal
 */
export async function checkTable(table: SessionTable): Promise<void> {
  for (const [migration, columns] of COLUMNS) {
    try {
      await table.rows('looking for the table', table.statements.selectNothing(columns));
    } catch (error) {
      throw error instanceof SqlError && error.isUnknownName
        ? noTable(table.name, migration)
        : error;
    }
  }
}

function noTable(name: string, migration: string): SessionError {
  return new SessionError(
    'SESSION_CONFIG_INVALID',
    `TypeOrmSessionStore found no table \`${name}\` with the columns it needs. Run the migration ${migration} of nestjs-sessions/typeorm.`,
  );
}
