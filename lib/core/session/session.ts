import { randomUUID } from 'node:crypto';
import { dataWhere, refuseReserved, reservedKey } from './reserved-key.js';
import type { Frozen, KeyOf, SessionData, Storable } from './session-data.js';
import { dataOf } from './session-phase.js';
import { deepFreeze, frozenCopy, refuseKey } from '../record/stored-value.js';
import { SessionLifecycle } from './session-lifecycle.js';

/**
 * The session of a visitor: values by key, loaded on the first read and written before the response leaves.
 *
 * Changing methods record and return at once, with nothing to await. Reading methods load once per request. `update`,
 * `take`, `save` and `destroy` write at once. Values are returned frozen.
 *
 * Reading and writing methods reject with SESSION_STORE_UNAVAILABLE when the store does not answer in time. Writing
 * methods also reject with SESSION_GONE when the session ended or was rotated meanwhile, and SESSION_CONFLICT when
 * others kept writing first. They reject with SESSION_TOO_LARGE above the size limit, and SESSION_HEADERS_SENT when a
 * new cookie is needed too late.
 *
 * @publicApi
 */
export class Session<T extends Storable<T> = SessionData> extends SessionLifecycle {
  /**
   * The value of a key, frozen, or undefined.
   *
   * ```ts
   * const cart = await session.get('cart');
   * ```
   */
  async get<K extends keyof T & string>(key: KeyOf<T, K>): Promise<Frozen<T[K]> | undefined> {
    const state = this.used();
    if (!state.pending.unsaved.decides(key)) await state.load();
    return deepFreeze(state.pending.unsaved.valueIn(dataOf(state.phase), key)) as
      Frozen<T[K]> | undefined;
  }

  /** Whether a key has a value. Loads the session as `get` does. */
  async has<K extends keyof T & string>(key: KeyOf<T, K>): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** All values of the application, frozen; without flashed values and the library's own. */
  async all(): Promise<Frozen<Partial<T>>> {
    const state = this.used();
    await state.load();
    const data = dataWhere(state.pending.unsaved.dataIn(dataOf(state.phase)), 'application');
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
  set<K extends keyof T & string>(key: KeyOf<T, K>, value: Frozen<T[K]>): void {
    refuseKey(key, 'session');
    refuseReserved(key);
    this.used().pending.edit().set(key, frozenCopy(value, key));
  }

  /** Removes a key; removing a missing one changes nothing. */
  delete<K extends keyof T & string>(key: KeyOf<T, K>): void {
    refuseReserved(key);
    this.used().pending.edit().delete(key);
  }

  /**
   * Removes all values of the application and keeps the session: its id, user, lifetime, flashed values, and the
   * library's own values.
   */
  clear(): void {
    this.used().pending.edit().clear();
  }

  /**
   * Sets a key to the result of `compute` on its present value, atomically, together with all changes so far; resolves
   * to the stored value. Each of several overlapping updates receives the value that the one before it stored, on
   * whatever server it ran. `compute` may run several times, so it must have no side effects. Returning undefined
   * removes the key.
   *
   * ```ts
   * const visits = await session.update('visits', (n = 0) => n + 1);
   * ```
   */
  async update<K extends keyof T & string, R extends Frozen<T[K]> | undefined>(
    key: KeyOf<T, K>,
    compute: (current: Frozen<T[K]> | undefined) => R,
  ): Promise<R> {
    refuseKey(key, 'session');
    refuseReserved(key);
    const keyUpdate = {
      key,
      compute: (current: unknown) => {
        const next = compute(deepFreeze(current) as Frozen<T[K]> | undefined);
        return next === undefined ? undefined : frozenCopy(next, key);
      },
    };
    return (await this.used().commit(keyUpdate)) as R;
  }

  /**
   * Removes a key and resolves to the value it had, atomically: of several concurrent takes, one gets the value. Saves
   * all changes so far with it.
   *
   * ```ts
   * const verifier = await session.take('pkceVerifier');
   * ```
   */
  async take<K extends keyof T & string>(key: KeyOf<T, K>): Promise<Frozen<T[K]> | undefined> {
    refuseReserved(key);
    return (await this.#take(key)) as Frozen<T[K]> | undefined;
  }

  /**
   * Leaves a value for the next request that calls {@link Session.takeFlash}, for example the message of a form that
   * redirects. Several values under one key keep their order, those of overlapping requests too. Written with the
   * response; a value that JSON would change or drop throws SESSION_VALUE_UNSUPPORTED here.
   *
   * ```ts
   * session.flash('notice', 'Saved');
   * ```
   */
  flash(key: string, value: unknown): void {
    const copy = frozenCopy(value, key);
    this.used().pending.edit().setEntry(flashKey(key), `#${randomUUID()}`, copy);
  }

  /**
   * Removes the values flashed under a key and resolves to them, oldest first, frozen. Atomic: of several concurrent
   * requests, one gets them. Without any, it costs no more than the load.
   *
   * ```ts
   * const notices = await session.takeFlash('notice');
   * ```
   */
  async takeFlash<V = string>(key: string): Promise<readonly Frozen<V>[]> {
    const state = this.used();
    await state.load();
    if (state.pending.unsaved.valueIn(dataOf(state.phase), flashKey(key)) === undefined) return [];
    return Object.values((await this.#take(flashKey(key))) ?? {}) as Frozen<V>[];
  }

  async #take(key: string): Promise<unknown> {
    let taken: unknown;
    await this.used().commit({
      key,
      compute: (current) => {
        taken = current;
        return undefined;
      },
    });
    return deepFreeze(taken);
  }
}

function flashKey(key: string): string {
  return reservedKey(`flash/${key}`);
}
