/**
 * Redis forgets what has expired so much later: its clock, or that of another process, may run ahead.
 *
 * @internal
 */
export const CLOCK_TOLERANCE_MS = 60_000;
