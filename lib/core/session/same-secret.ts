import { timingSafeEqual } from 'node:crypto';

/**
 * Compares in a time that reveals only whether the lengths differ.
 *
 * @internal
 */
export function isSameSecret(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
