import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { parseLifetime, type SessionLifetime } from './lifetime.js';
import { dataWhere, refuseReserved, reservedKey } from './reserved-key.js';
import type { Frozen, SessionData } from './session-data.js';
import { notLoadedYet, valueUnsupported } from './session-errors.js';
import type { SessionState } from './session-state.js';
import { deepFreeze, frozenCopy, refuseKey } from './stored-value.js';

type Key<T> = keyof T & string;

/**
 * What is known of a session so far: `'unloaded'` before the first read, `'new'` when nothing is stored, `'live'` when
 * a record is, `'destroyed'` after this request ended it.
 *
 * @publicApi
 */
export type SessionStatus = 'unloaded' | 'new' | 'live' | 'destroyed';

/**
 * The session of a visitor: values by key, loaded on the first read and written before the response leaves.
 *
 * Changing methods record and return at once; there is nothing to await or to forget. Reading methods load once per
 * request. `update`, `take`, `save` and `destroy` write at once. Values come back frozen.
 *
 * Reading and writing methods reject with SESSION_STORE_UNAVAILABLE when the store does not answer in time. Writing
 * ones also reject with SESSION_GONE when the session ended or was rotated meanwhile, SESSION_CONFLICT when others
 * kept writing first, SESSION_TOO_LARGE above the size limit, and SESSION_HEADERS_SENT when a new cookie is needed
 * too late.
 *
 * @publicApi
 */
export class Session<T extends object = SessionData> {
  readonly #state: SessionState;

  /** @internal */
  constructor(state: SessionState) {
    this.#state = state;
  }

  /** The id under which the session is stored: a secret. Undefined before the first read and while nothing is stored. */
  get id(): string | undefined {
    const { standing } = this.#used();
    return standing.kind === 'live' ? standing.id : undefined;
  }

  get status(): SessionStatus {
    const { kind } = this.#used().standing;
    return kind === 'absent' || kind === 'superseded' ? 'new' : kind;
  }

  /**
   * The user the session belongs to; assigning undefined clears it. Reading it before the session was loaded throws
   * SESSION_NOT_AVAILABLE rather than looking signed out.
   */
  get userId(): string | undefined {
    const { unsaved, standing } = this.#used();
    if (standing.kind === 'unloaded' && !unsaved.decidesUserId) throw notLoadedYet('userId');
    return unsaved.userIdIn(standing.kind === 'live' ? standing.record : {});
  }

  set userId(userId: string | undefined) {
    if (userId !== undefined && (typeof userId !== 'string' || userId === '')) {
      throw valueUnsupported('userId', 'something else than a text', 'Assign a non-empty string.');
    }
    this.#used().changes.setUserId(userId);
  }

  /** Loads the session if nobody has yet. */
  async load(): Promise<this> {
    await this.#used().load();
    return this;
  }

  /**
   * The value of a key, frozen, or undefined.
   *
   * ```ts
   * const cart = await session.get('cart');
   * ```
   */
  async get<K extends Key<T>>(key: K): Promise<Frozen<T[K]> | undefined> {
    const state = this.#used();
    if (!state.unsaved.decides(key)) await state.load();
    return deepFreeze(state.unsaved.valueIn(state.data, key)) as Frozen<T[K]> | undefined;
  }

  async has(key: Key<T>): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** All values of the application, frozen; not what was flashed, nor what the library keeps for itself. */
  async all(): Promise<Frozen<Partial<T>>> {
    const state = this.#used();
    await state.load();
    const data = dataWhere(state.unsaved.dataIn(state.data), 'application');
    return deepFreeze(data) as Frozen<Partial<T>>;
  }

  /**
   * Sets a key to a copy of the value, to be written with the response. A value that JSON would change or drop throws
   * SESSION_VALUE_UNSUPPORTED here, with the path to it.
   *
   * ```ts
   * session.set('cart', { items: [item] });
   * ```
   */
  set<K extends Key<T>>(key: K, value: Frozen<T[K]>): void {
    refuseKey(key, 'session');
    refuseReserved(key);
    this.#used().changes.set(key, frozenCopy(value, key));
  }

  /** Removes a key; removing one that is not there changes nothing. */
  delete(key: Key<T>): void {
    refuseReserved(key);
    this.#used().changes.delete(key);
  }

  /**
   * Removes all values of the application and keeps the session: its id, its user, its lifetime, what was flashed, and
   * what the library keeps for itself.
   */
  clear(): void {
    this.#used().changes.clear();
  }

  /**
   * Gives the session a new id when it is next written: the thing to do at a login, or wherever rights grow. The old
   * id is worth nothing from then on, and the absolute lifetime begins anew.
   */
  rotate(): void {
    this.#used().rotate();
  }

  /** Gives this session a lifetime of its own, counted from now. */
  setLifetime(lifetime: SessionLifetime): void {
    const state = this.#used();
    state.changes.setLifetime(parseLifetime(lifetime, state.backend.now()));
  }

  /**
   * Sets a key to what `compute` makes of its present value, atomically, together with all changes so far; resolves
   * to what was stored. Of overlapping updates each sees what the one before it stored, on whatever server it ran.
   * `compute` may run several times, so it should do nothing else. Returning undefined removes the key.
   *
   * ```ts
   * const visits = await session.update('visits', (n = 0) => n + 1);
   * ```
   */
  async update<K extends Key<T>, R extends Frozen<T[K]> | undefined>(
    key: K,
    compute: (current: Frozen<T[K]> | undefined) => R,
  ): Promise<R> {
    refuseKey(key, 'session');
    refuseReserved(key);
    const modification = {
      key,
      compute: (current: unknown) => {
        const next = compute(deepFreeze(current) as Frozen<T[K]> | undefined);
        return next === undefined ? undefined : frozenCopy(next, key);
      },
    };
    return (await this.#used().commit(modification)) as R;
  }

  /**
   * Removes a key and resolves to the value it had, atomically: of several takes at once, one gets the value. Saves
   * all changes so far with it.
   *
   * ```ts
   * const verifier = await session.take('pkceVerifier');
   * ```
   */
  async take<K extends Key<T>>(key: K): Promise<Frozen<T[K]> | undefined> {
    refuseReserved(key);
    return (await this.#take(key)) as Frozen<T[K]> | undefined;
  }

  /**
   * Leaves a value for the next request that asks for it by {@link Session.flashed}: what a form that redirects has to
   * say. Several under one key are kept in order, those of overlapping requests too. Written with the response; a value
   * that JSON would change or drop throws SESSION_VALUE_UNSUPPORTED here.
   *
   * ```ts
   * session.flash('notice', 'Saved');
   * ```
   */
  flash(key: string, value: unknown): void {
    const copy = frozenCopy(value, key);
    this.#used().changes.setEntry(flashKey(key), `#${randomUUID()}`, copy);
  }

  /**
   * The values that were flashed under a key, oldest first, frozen; and they are gone, atomically: of several requests
   * that ask at once, one gets them. Costs nothing more than the load when there are none.
   *
   * ```ts
   * const notices = await session.flashed('notice');
   * ```
   */
  async flashed<V = string>(key: string): Promise<readonly Frozen<V>[]> {
    const state = this.#used();
    await state.load();
    if (state.unsaved.valueIn(state.data, flashKey(key)) === undefined) return [];
    return Object.values((await this.#take(flashKey(key))) ?? {}) as Frozen<V>[];
  }

  async #take(key: string): Promise<unknown> {
    let taken: unknown;
    await this.#used().commit({
      key,
      compute: (current) => {
        taken = current;
        return undefined;
      },
    });
    return deepFreeze(taken);
  }

  /** Writes the changes so far, now. They stay, whatever becomes of the request. */
  async save(): Promise<void> {
    await this.#used().commit();
  }

  /** Forgets the changes that are not saved and loads the session again. */
  async reload(): Promise<void> {
    await this.#used().reload();
  }

  /**
   * Ends the session, now and on every server: its record is deleted and no request under way can bring it back. A
   * write after this begins a new session with a new id.
   *
   * ```ts
   * await session.destroy();
   * ```
   */
  async destroy(): Promise<void> {
    await this.#used().destroy();
  }

  /** A session shows neither its id nor its values. */
  toJSON(): { status: SessionStatus } {
    return { status: this.status };
  }

  [inspect.custom](): string {
    return `Session { status: '${this.status}' }`;
  }

  /**
   * The state behind a session, for parts of the library that keep values of their own in it.
   *
   * @internal
   */
  static stateOf(session: Session<object>): SessionState {
    return session.#used();
  }

  #used(): SessionState {
    this.#state.isUsed = true;
    this.#state.onUse?.();
    return this.#state;
  }
}

function flashKey(key: string): string {
  return reservedKey(`flash/${key}`);
}
