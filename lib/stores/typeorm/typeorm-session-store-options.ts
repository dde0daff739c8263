import type { Clock } from '../../core/options/clock.js';
import { completeOptions } from '../../core/options/complete-options.js';
import type { Duration } from '../../core/options/duration.js';
import { DEFAULT_TABLE } from './sql-type.js';

/**
 * The table of a TypeORM store, and how often it removes expired sessions.
 *
 * @publicApi
 */
export interface TypeOrmSessionStoreOptions {
  /**
   * The table that holds the sessions, with its schema before a dot if it needs one.
   *
   * @default 'sessions'
   */
  readonly table?: string;
  /**
   * How often expired sessions are deleted, or false if something else calls `deleteExpired`. Several processes may do
   * so at once. A row is deleted at the latest this long after the half-hour in which it expired, and a minute.
   *
   * @default '10m'
   */
  readonly purgeEvery?: Duration | false;
  /** @default the clock of the database; on SQLite, that of the machine */
  readonly clock?: Clock;
}

type CompleteOptions = Required<Omit<TypeOrmSessionStoreOptions, 'clock'>> & {
  readonly clock: Clock | undefined;
};

const DEFAULTS: CompleteOptions = Object.freeze({
  table: DEFAULT_TABLE,
  purgeEvery: '10m',
  clock: undefined,
});

/**
 * Throws SESSION_CONFIG_INVALID for an unknown option.
 *
 * @internal
 */
export function completeTypeOrmOptions(options: TypeOrmSessionStoreOptions): CompleteOptions {
  return completeOptions('TypeOrmSessionStore ', options, DEFAULTS);
}
