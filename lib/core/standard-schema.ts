/**
 * What is needed here of a schema by Standard Schema v1 (https://standardschema.dev), as zod, valibot, arktype and others
 * make them.
 *
 * @internal
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => Verdict<Output> | Promise<Verdict<Output>>;
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema makes of a value, or what is wrong with it. */
export type Verdict<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type TypesOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>;
/** What a schema takes. @internal */
export type InputOf<S extends StandardSchema> = TypesOf<S>['input'];
/** What a schema gives. @internal */
export type OutputOf<S extends StandardSchema> = TypesOf<S>['output'];

/**
 * The place of the first issue, as code names it: `cart.items[0]`. Its message is left out, since some quote the value.
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
