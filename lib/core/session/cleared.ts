import { dataWhere, isReserved } from './reserved-key.js';

/**
 * Which of a record's values to remove.
 *
 * @internal
 */
export type Cleared = 'nothing' | 'application' | 'everything';

/** @internal */
export function isCleared(key: string, cleared: Cleared): boolean {
  return cleared === 'everything' || (cleared === 'application' && !isReserved(key));
}

/** A copy of the data without the cleared values. @internal */
export function withoutCleared(
  data: Readonly<Record<string, unknown>>,
  cleared: Cleared,
): Record<string, unknown> {
  switch (cleared) {
    case 'everything':
      return {};
    case 'application':
      return dataWhere(data, 'reserved');
    case 'nothing':
      return { ...data };
  }
}
