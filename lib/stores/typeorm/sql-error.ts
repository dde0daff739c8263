import { QueryFailedError } from 'typeorm';

/** A unique key is taken: PostgreSQL, MySQL and MariaDB, SQLite. */
const TAKEN = ['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE'];

/** There is no such table, or no such column: PostgreSQL, MySQL and MariaDB, SQLite. */
const UNKNOWN_NAME = [
  '42P01',
  '42703',
  '3F000',
  'ER_NO_SUCH_TABLE',
  'ER_BAD_FIELD_ERROR',
  'SQLITE_ERROR',
];

/**
 * The database gave up the statement in favour of another, without effect: deadlocks, serialisation, locks of a whole
 * file.
 */
const GIVEN_UP = [
  '40001',
  '40P01',
  'ER_LOCK_DEADLOCK',
  'ER_CHECKREAD',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'SQLITE_BUSY_RECOVERY',
  'SQLITE_LOCKED',
  'TRANSACTION_OPEN',
  'AUTOCOMMIT_OFF',
];

/**
 * A database error without the statement's parameters: those are keys and values, and both TypeORM's errors and the
 * drivers' quote them.
 *
 * @internal
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }

  static from(doing: string, error: unknown): SqlError {
    const code = codeOf(error);
    return new SqlError(`The database failed while ${doing} (${described(error, code)}).`, code);
  }

  get isTaken(): boolean {
    return TAKEN.includes(this.code);
  }

  get isUnknownName(): boolean {
    return UNKNOWN_NAME.includes(this.code);
  }
}

const UNCOMMITTED = {
  TRANSACTION_OPEN:
    'the application has a transaction open on this connection; give sessions a data source of their own',
  AUTOCOMMIT_OFF:
    'autocommit is off on this connection; turn it on for the data source of sessions',
  NOT_COMMITTED:
    'the application has left a transaction open on this connection, or autocommit off, so what it says is not final',
};

/**
 * The connection does not commit each statement by itself. Only a write that is `NOT_COMMITTED` reached the database.
 *
 * @internal
 */
export class UncommittedError extends Error {
  constructor(readonly code: keyof typeof UNCOMMITTED) {
    super(UNCOMMITTED[code]);
  }
}

/**
 * Whether the statement is known to have had no effect, and is worth trying again.
 *
 * @internal
 */
export function isGivenUp(error: unknown): boolean {
  return GIVEN_UP.includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const { code, name } = rootOf(error) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && /^\w+$/.test(code)) return code;
  return typeof name === 'string' ? name : 'unknown';
}

function rootOf(error: unknown): object {
  if (error instanceof QueryFailedError) return error.driverError;
  return typeof error === 'object' && error !== null ? error : {};
}

/** An error before a statement is sent (no connection, no room in the pool) holds no parameters. */
function described(error: unknown, code: string): string {
  const isSafe = error instanceof Error && !(error instanceof QueryFailedError) && error.message;
  return isSafe ? `${code}: ${error.message}` : code;
}
