/**
 * The part of Standard Schema v1 (https://standardschema.dev) that this library needs, as zod, valibot, arktype and
 * others implement it.
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => Verdict<Output> | Promise<Verdict<Output>>;
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A schema's output for a value, or its issues with the value. */
export type Verdict<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type TypesOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>;
/** The input type of a schema. */
export type InputOf<S extends StandardSchema> = TypesOf<S>['input'];
/** The output type of a schema. */
export type OutputOf<S extends StandardSchema> = TypesOf<S>['output'];

/**
 * The path of the first issue, as code spells it: `cart.items[0]`. The issue's message is left out, since some quote
 * the value.
 *
 * @internal
 */
export function placeOf([first]: readonly Issue[], root: string): string {
  const keys = (first?.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return keys.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${String(key)}`),
    root,
  );
}
