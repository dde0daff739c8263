import { configInvalid } from '../errors/session-errors.js';

/**
 * Refuses an option that is not a positive whole number, with SESSION_CONFIG_INVALID.
 *
 * @internal
 */
export function refuseUnlessPositive(option: string, given: number): void {
  if (Number.isInteger(given) && given > 0) return;
  throw configInvalid(option, 'a positive whole number', String(given));
}
