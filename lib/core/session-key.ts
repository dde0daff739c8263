import type { Session } from './session.js';
import type { Frozen } from './session-data.js';
import { configInvalid, valueMisfit } from './session-errors.js';
import {
  type InputOf,
  type OutputOf,
  placeOf,
  type StandardSchema,
  type Verdict,
} from './standard-schema.js';

/**
 * What becomes of a stored value that does not fit its schema.
 *
 * @publicApi
 */
export interface SessionKeyOptions {
  /**
   * Makes a value that fits out of one that does not, which another version of the application stored. What it returns
   * counts if it fits, and is stored by the next `set` or `update`. What it throws goes through to who reads.
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
  readonly name: string;

  /** What the schema makes of the stored value; undefined when there is none, or none that fits or can be migrated. */
  get(session: Session<object>): Promise<Frozen<Output> | undefined>;

  /**
   * Sets the key as {@link Session.set} does. A value that does not fit throws SESSION_VALUE_UNSUPPORTED, with the path to
   * what is wrong.
   */
  set(session: Session<object>, value: Frozen<Input>): void;

  /**
   * Updates the key as {@link Session.update} does: `compute` gets what `get` would give, and what it returns must fit.
   * Resolves to what `get` would give next.
   */
  update<R extends Frozen<Input> | undefined>(
    session: Session<object>,
    compute: (current: Frozen<Output> | undefined) => R,
  ): Promise<Frozen<Output> | Extract<R, undefined>>;

  /** Removes the key as {@link Session.take} does, and resolves to what `get` would have given. */
  take(session: Session<object>): Promise<Frozen<Output> | undefined>;

  delete(session: Session<object>): void;
}

class SchemaKey<Input, Output> implements SessionKey<Input, Output> {
  constructor(
    readonly name: string,
    private readonly schema: StandardSchema<Input, Output>,
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

  /** The value is kept as it was given, so that the schema makes of it what it makes of it now. */
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

  #judge(value: unknown): Verdict<Output> {
    const verdict = this.schema['~standard'].validate(value);
    if (!('then' in verdict)) return verdict;
    // Nobody waits for it any more.
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
 * What is stored is the value as it was given; `get` gives what the schema makes of it, with its defaults and
 * transformations. A stored value that does not fit any more counts as absent, unless `migrate` makes one of it that
 * does. Schemas must answer at once: one that answers by a promise throws SESSION_CONFIG_INVALID.
 *
 * ```ts
 * const cart = sessionKey('cart', z.object({ items: z.array(z.string()) }));
 * cart.set(session, { items: ['tea'] });
 * const items = (await cart.get(session))?.items ?? [];
 * ```
 *
 * @publicApi
 */
export function sessionKey<S extends StandardSchema>(
  name: string,
  schema: S,
  options: SessionKeyOptions = {},
): SessionKey<InputOf<S>, OutputOf<S>> {
  if (typeof schema['~standard']?.validate !== 'function') {
    throw configInvalid(`sessionKey('${name}')`, 'given a Standard Schema', typeof schema);
  }
  return new SchemaKey<InputOf<S>, OutputOf<S>>(name, schema, options);
}

function anyKeysOf(session: Session<object>): Session<Record<string, unknown>> {
  return session as Session<Record<string, unknown>>;
}
