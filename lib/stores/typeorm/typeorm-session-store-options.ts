import type { Clock } from '../../core/clock.js';
import { completeOptions } from '../../core/complete-options.js';
import type { Duration } from '../../core/duration.js';
import { DEFAULT_TABLE } from './sql-type.js';

/** @publicApi */
export interface TypeOrmSessionStoreOptions {
  /**
   * The table that holds the sessions, with its schema before a dot where it needs one.
   *
   * @default 'sessions'
   */
  readonly table?: string;
  /**
   * How often expired sessions are deleted, or false where something else calls `deleteExpired`. Several processes
   * may do it at once.
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
 * Throws SESSION_CONFIG_INVALID for an option that there is none of.
 *
 * @internal
 */
export function completeTypeOrmOptions(options: TypeOrmSessionStoreOptions): CompleteOptions {
  return completeOptions('TypeOrmSessionStore ', options, DEFAULTS);
}
