/**
 * What sessions of this application hold. Empty here; augment it, or give `Session` a type argument:
 *
 * ```ts
 * import 'nestjs-sessions';
 *
 * declare module 'nestjs-sessions' {
 *   interface SessionData { cart: Cart }
 * }
 * ```
 *
 * @publicApi
 */
// oxlint-disable-next-line typescript/no-empty-interface -- made to be augmented
export interface SessionData {}

/**
 * A value as a session gives it out: frozen, at every depth.
 *
 * @publicApi
 */
export type Frozen<V> = V extends (...args: never[]) => unknown
  ? V
  : V extends object
    ? { readonly [K in keyof V]: Frozen<V[K]> }
    : V;
