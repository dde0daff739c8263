import { valueUnsupported } from '../errors/session-errors.js';

/** Prefix of the keys under which the library keeps its own values in a session. */
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
 * Refuses a key that belongs to the library, so that no application can write what the library relies on, even if it
 * takes keys from its clients.
 *
 * @internal
 */
export function refuseReserved(key: string): void {
  if (isReserved(key)) {
    throw valueUnsupported('session', `a key that begins with "${PREFIX}"`, 'Choose another name.');
  }
}

/**
 * The part of the data that belongs to the library, or the part that does not.
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
