/**
 * The data of this application's sessions. Empty here; augment it, or give `Session` a type argument:
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

/** A type without values: it takes the place of refused code, and puts the remedy into the compiler's message. */
declare const remedy: unique symbol;
export type Refused<Remedy extends string> = string & { readonly [remedy]: Remedy };

/** A key of a session; `never` if no data is declared. */
export type KeyOf<T, K extends keyof T & string> =
  | K
  | ([keyof T] extends [never]
      ? Refused<'Say what the session holds: Session<{ cart: Cart }>, or declare SessionData.'>
      : never);

/**
 * Session data as JSON preserves it: the same type, unless JSON would lose or change a part. Functions that accept any
 * session with its keys bound their type parameter by it: `<T extends Storable<T>>(session: Session<T>)`.
 *
 * @publicApi
 */
export type Storable<T> = object & StorableValues<T>;

type StorableValues<T> = { readonly [K in keyof T]: StorableValue<T[K]> };

type StorableValue<V> = unknown extends V
  ? V
  : V extends string | number | boolean | null | undefined
    ? V
    : V extends Date
      ? Refused<'Store date.toISOString() or date.getTime().'>
      : V extends ReadonlyMap<unknown, unknown>
        ? Refused<'Store Object.fromEntries(map).'>
        : V extends ReadonlySet<unknown>
          ? Refused<'Store [...set].'>
          : V extends bigint | symbol | ((...args: never[]) => unknown)
            ? Refused<'JSON cannot keep this. Store a text or a number.'>
            : V extends readonly (infer Item)[]
              ? readonly StorableValue<Item>[]
              : StorableValues<V>;

/**
 * A value as a session returns it: frozen, at every depth.
 *
 * @publicApi
 */
export type Frozen<V> = V extends (...args: never[]) => unknown
  ? V
  : V extends readonly (infer Item)[]
    ? number extends V['length']
      ? readonly Frozen<Item>[]
      : { readonly [K in keyof V]: Frozen<V[K]> }
    : V extends object
      ? { readonly [K in keyof V]: Frozen<V[K]> }
      : V;
