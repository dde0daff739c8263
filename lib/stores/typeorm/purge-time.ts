/**
 * How far beyond an expiry its purge time may lie, in milliseconds. With a longer step, expired records would stay
 * longer; with a shorter one, a session in use would change its purge time more often.
 *
 * @internal
 */
export const PURGE_STEP_MS = 30 * 60_000;

/**
 * The end of the half-hour in which a record expires, by which the purge finds records. An index on the expiry itself
 * would have to change with every touch, which costs PostgreSQL a new entry in each index of the table.
 *
 * @internal
 */
export function purgeTimeOf(expiresAt: number): number {
  return expiresAt - (expiresAt % PURGE_STEP_MS) + PURGE_STEP_MS;
}
