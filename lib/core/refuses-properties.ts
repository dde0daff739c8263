import { propertyRefused } from './session-errors.js';

/**
 * Stands behind a prototype and refuses to assign a property that the class does not have. Properties that it has are
 * found before, so refusing costs them nothing. `Object.preventExtensions` would say nothing in sloppy mode, and name no
 * remedy in strict mode.
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
