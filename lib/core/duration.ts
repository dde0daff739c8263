import ms from 'ms';
import { configInvalid } from './session-errors.js';

/**
 * A span of time: milliseconds, or a text that the `ms` package reads ('30m', '12h').
 *
 * @publicApi
 */
export type Duration = number | string;

/**
 * Reads a duration into milliseconds, and refuses what is not a positive finite one.
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

/** Timers hold 31 bits, and one that is set for longer goes off at once. @internal */
export const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Reads a duration that becomes a timer, and refuses what is too long for one.
 *
 * @internal
 */
export function parseDelay(option: string, duration: Duration): number {
  const delayMs = parseDuration(option, duration);
  if (delayMs <= MAX_DELAY_MS) return delayMs;
  throw configInvalid(option, 'at most 24 days', describe(duration));
}

function parseText(text: string): number | undefined {
  const isReadable = text.length > 0 && text.length <= 100;
  return isReadable ? ms(text as ms.StringValue) : undefined;
}

function describe(given: unknown): string {
  return typeof given === 'string' ? `"${given}"` : `${String(given)} (${typeof given})`;
}
