import ms, { type StringValue } from 'ms';
import { configInvalid } from '../errors/session-errors.js';

/**
 * A span of time: milliseconds, or a text that the `ms` package reads ('30m', '12h').
 *
 * @publicApi
 */
export type Duration = number | StringValue;

/**
 * Converts a duration to milliseconds, and refuses anything but a positive, finite one.
 *
 * @internal
 */
export function parseDuration(option: string, duration: Duration): number {
  const parsed = typeof duration === 'string' ? parseText(duration) : duration;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed <= 0) {
    throw configInvalid(
      option,
      'a positive number of milliseconds or a text like "30m"',
      describe(duration),
    );
  }
  return Math.ceil(parsed);
}

const MIN_LIFESPAN_MS = 1_000;
/** Longer than any session lives, and well within the range of dates, cookies and columns. */
const MAX_LIFESPAN_MS = 100 * 365.25 * 24 * 3_600_000;

/**
 * Converts the lifespan of a session to milliseconds. Refuses less than a second, since an author who writes 30 means
 * seconds, and more than 100 years, since no store could hold the end.
 *
 * @internal
 */
export function parseLifespan(option: string, duration: Duration): number {
  const lifespanMs = parseDuration(option, duration);
  if (lifespanMs >= MIN_LIFESPAN_MS && lifespanMs <= MAX_LIFESPAN_MS) return lifespanMs;
  const isShort = lifespanMs < MIN_LIFESPAN_MS;
  const given = isShort ? meantSeconds(duration) : describe(duration);
  throw configInvalid(option, 'from a second to 100 years', given);
}

/** Timers hold 31 bits, and fire at once when set for longer. @internal */
export const MAX_DELAY_MS = 2 ** 31 - 1;

/** No store answers sooner, so every request would be refused. */
const MIN_DELAY_MS = 10;

/**
 * Converts a duration that becomes a timer, and refuses one that is too short or too long for it.
 *
 * @internal
 */
export function parseDelay(option: string, duration: Duration): number {
  const delayMs = parseDuration(option, duration);
  if (delayMs > MAX_DELAY_MS) throw configInvalid(option, 'at most 24 days', describe(duration));
  if (delayMs >= MIN_DELAY_MS) return delayMs;
  throw configInvalid(option, `at least ${MIN_DELAY_MS} milliseconds`, meantSeconds(duration));
}

function meantSeconds(duration: Duration): string {
  const isUnitless = /^[\d.]+$/.test(String(duration));
  return isUnitless ? `${duration} milliseconds; did you mean "${duration}s"?` : describe(duration);
}

function parseText(text: string): number | undefined {
  const isReadable = text.length > 0 && text.length <= 100;
  return isReadable ? ms(text as StringValue) : undefined;
}

function describe(given: unknown): string {
  return typeof given === 'string' ? `"${given}"` : `${String(given)} (${typeof given})`;
}
