/** So many calls at once, of which one may win. */
export const RACERS = 10;

/** The life of a record that is to expire during a test: short enough to wait for. */
export const SOON_MS = 50;

/** Longer than that life. */
export const AFTER_SOON_MS = 60;
