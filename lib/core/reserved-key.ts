import { valueUnsupported } from './session-errors.js';

/** What the library keeps in a session for itself stands under keys that begin like this. */
const PREFIX = '@sessions/';

/** @internal */
export function reservedKey(name: string): string {
  return PREFIX + name;
}

/** @internal */
export function isReserved(key: string): boolean {
  return key.startsWith(PREFIX);
}

/**
 * Refuses a key that is the library's own, so that no application can write what the library relies on, not even one
 * that takes keys from its clients.
 *
 * @internal
 */
export function refuseReserved(key: string): void {
  if (isReserved(key)) {
    throw valueUnsupported('session', `a key that begins with "${PREFIX}"`, 'Choose another name.');
  }
}

/**
 * The part of the data that the library keeps for itself, or the part that it does not.
 *
 * @internal
 */
export function dataWhere(
  data: Readonly<Record<string, unknown>>,
  part: 'reserved' | 'application',
): Record<string, unknown> {
  const isWanted = part === 'reserved';
  return Object.fromEntries(Object.entries(data).filter(([key]) => isReserved(key) === isWanted));
}
