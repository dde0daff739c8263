import { propertyRefused } from '../errors/session-errors.js';

/**
 * Stands behind a prototype and refuses assignments to properties that the class does not have. A lookup finds existing
 * properties first, so they pay nothing for it. `Object.preventExtensions` would fail silently in sloppy mode, and name
 * no remedy in strict mode.
 *
 * @internal
 */
export const refusesProperties: object = new Proxy(
  {},
  {
    set(): never {
      throw propertyRefused();
    },
  },
);
