import { resolve } from 'node:path';
import { backgroundClock, type Clock } from '../../core/options/clock.js';
import { completeOptions } from '../../core/options/complete-options.js';
import type { Duration } from '../../core/options/duration.js';
import { configInvalid } from '../../core/errors/session-errors.js';

/**
 * Where a file store keeps its sessions, and how often it removes expired ones.
 *
 * @publicApi
 */
export interface FileSessionStoreOptions {
  /**
   * The folder for the sessions: on a local disk, and for them alone. The store makes it if it is missing. Processes
   * that share their sessions name the same one.
   */
  readonly directory: string;
  /**
   * How often expired sessions are removed, or false if something else calls `deleteExpired`. Several processes may do
   * so at once.
   *
   * @default '1m'
   */
  readonly purgeEvery?: Duration | false;
  /** @default the clock of the machine */
  readonly clock?: Clock;
}

const DEFAULTS: Required<FileSessionStoreOptions> = Object.freeze({
  directory: '',
  purgeEvery: '1m',
  clock: backgroundClock,
});

/**
 * Throws SESSION_CONFIG_INVALID for the first invalid option.
 *
 * @internal
 */
export function parseFileOptions(
  options: FileSessionStoreOptions,
): Required<FileSessionStoreOptions> {
  const complete = completeOptions('FileSessionStore ', options, DEFAULTS);
  return { ...complete, directory: resolve(nonEmpty(complete.directory)) };
}

function nonEmpty(directory: unknown): string {
  if (typeof directory === 'string' && directory !== '') return directory;
  const given = directory === '' ? 'nothing' : `a value of type ${typeof directory}`;
  throw configInvalid('FileSessionStore directory', 'the path of a folder', given);
}
