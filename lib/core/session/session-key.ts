import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Session } from './session.js';
import type { Frozen } from './session-data.js';
import { configInvalid, valueMisfit } from '../errors/session-errors.js';

/**
 * How a key treats a stored value that does not fit its schema.
 *
 * @publicApi
 */
export interface SessionKeyOptions {
  /**
   * Turns a stored value that does not fit, written by another version of the application, into one that does. Its
   * result counts if it fits, and the next `set` or `update` stores it. An error it throws reaches the reader.
   *
   * @default none: the value counts as absent
   */
  readonly migrate?: (stored: unknown) => unknown;
}

/**
 * A key of sessions whose values a schema checks, on the way in and on the way out. It works on any session.
 *
 * @publicApi
 */
export interface SessionKey<Input, Output> {
  /** The key under which the value stands in a session. */
  readonly name: string;

  /** The schema's output for the stored value; undefined if there is no value, or none that fits or can be migrated. */
  get(session: Session<object>): Promise<Frozen<Output> | undefined>;

  /**
   * Sets the key as {@link Session.set} does. A value that does not fit throws SESSION_VALUE_UNSUPPORTED, with the path
   * to the offending part.
   */
  set(session: Session<object>, value: Frozen<Input>): void;

  /**
   * Updates the key as {@link Session.update} does: `compute` receives what `get` would return, and its result must
   * fit. Resolves to what `get` would return next.
   */
  update<R extends Frozen<Input> | undefined>(
    session: Session<object>,
    compute: (current: Frozen<Output> | undefined) => R,
  ): Promise<Frozen<Output> | Extract<R, undefined>>;

  /** Removes the key as {@link Session.take} does, and resolves to what `get` would have returned. */
  take(session: Session<object>): Promise<Frozen<Output> | undefined>;

  /** Removes the key as {@link Session.delete} does. */
  delete(session: Session<object>): void;
}

class SchemaKey<Input, Output> implements SessionKey<Input, Output> {
  constructor(
    readonly name: string,
    private readonly schema: StandardSchemaV1<Input, Output>,
    private readonly options: SessionKeyOptions,
  ) {}

  async get(session: Session<object>): Promise<Frozen<Output> | undefined> {
    return this.#read(await anyKeysOf(session).get(this.name));
  }

  set(session: Session<object>, value: Frozen<Input>): void {
    anyKeysOf(session).set(this.name, this.#fitting(value));
  }

  async update<R extends Frozen<Input> | undefined>(
    session: Session<object>,
    compute: (current: Frozen<Output> | undefined) => R,
  ): Promise<Frozen<Output> | Extract<R, undefined>> {
    const stored = await anyKeysOf(session).update(this.name, (current) => {
      const next = compute(this.#read(current));
      return next === undefined ? undefined : this.#fitting(next);
    });
    return this.#read(stored) as Frozen<Output> | Extract<R, undefined>;
  }

  async take(session: Session<object>): Promise<Frozen<Output> | undefined> {
    return this.#read(await anyKeysOf(session).take(this.name));
  }

  delete(session: Session<object>): void {
    anyKeysOf(session).delete(this.name);
  }

  /** The value is kept as given, so that the schema transforms it on each read as it does now. */
  #fitting(value: unknown): unknown {
    const { issues } = this.#judge(value);
    if (issues) throw valueMisfit(this.name, placeOf(issues, this.name));
    return value;
  }

  #read(stored: unknown): Frozen<Output> | undefined {
    if (stored === undefined) return undefined;
    const verdict = this.#judge(stored);
    if (!verdict.issues) return verdict.value as Frozen<Output>;
    const migrated = this.options.migrate && this.#judge(this.options.migrate(stored));
    return migrated && !migrated.issues ? (migrated.value as Frozen<Output>) : undefined;
  }

  #judge(value: unknown): StandardSchemaV1.Result<Output> {
    const verdict = this.schema['~standard'].validate(value);
    if (!('then' in verdict)) return verdict;
    // The call has already thrown, so nothing else awaits the promise.
    verdict.catch(() => undefined);
    throw configInvalid(
      `sessionKey('${this.name}')`,
      'given a schema that answers at once',
      'a promise',
    );
  }
}

/**
 * A key whose values a schema checks, with their types: zod, valibot, arktype, or any other library of Standard Schema.
 *
 * The session stores the value as given; `get` returns the schema's output, with its defaults and transformations. A
 * stored value that no longer fits counts as absent, unless `migrate` turns it into one that does. Schemas must be
 * synchronous: one that returns a promise throws SESSION_CONFIG_INVALID.
 *
 * ```ts
 * const cart = sessionKey('cart', z.object({ items: z.array(z.string()) }));
 * cart.set(session, { items: ['tea'] });
 * const items = (await cart.get(session))?.items ?? [];
 * ```
 *
 * @publicApi
 */
export function sessionKey<S extends StandardSchemaV1>(
  name: string,
  schema: S,
  options: SessionKeyOptions = {},
): SessionKey<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>> {
  if (typeof schema['~standard']?.validate !== 'function') {
    throw configInvalid(`sessionKey('${name}')`, 'given a Standard Schema', typeof schema);
  }
  return new SchemaKey<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>>(
    name,
    schema,
    options,
  );
}

function anyKeysOf(session: Session<object>): Session<Record<string, unknown>> {
  return session as Session<Record<string, unknown>>;
}

/**
 * The path of the first issue, as code spells it: `cart.items[0]`. The issue's message is left out, since some quote
 * the value.
 */
function placeOf([first]: readonly StandardSchemaV1.Issue[], root: string): string {
  const keys = (first?.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return keys.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${String(key)}`),
    root,
  );
}
