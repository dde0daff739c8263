/** Number of concurrent calls, of which one may win. */
export const RACERS = 10;

/** The lifetime of a record that has to expire during a test: short enough to wait for. */
export const SOON_MS = 50;

/** Longer than that lifetime. */
export const AFTER_SOON_MS = 60;
