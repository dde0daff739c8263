import { isDeepStrictEqual } from 'node:util';
import { type Cleared, isCleared, withoutCleared } from './cleared.js';
import { Entries } from './entries.js';
import type { LifetimeRule } from '../options/lifetime.js';
import { RecordedBytes } from './recorded-bytes.js';
import type { LiveRecord } from '../record/session-record.js';

type Data = Readonly<Record<string, unknown>>;
type Part = Pick<LiveRecord, 'data' | 'userId' | 'lifetime'>;

/** Stands for "no value": a stored value is never undefined. */
const DELETED = undefined;

/**
 * The keys that a request set and deleted, recorded so that they apply to any state of the record with the same
 * meaning. Two requests can therefore write to one session without losing each other's keys.
 *
 * Values are frozen copies; the session checks them.
 *
 * @internal
 */
export class Changes {
  /** Which of the existing values to remove; `#values` apply afterwards. */
  #cleared: Cleared = 'nothing';
  readonly #values = new Map<string, unknown>();
  #userId: { readonly to: string | undefined } | undefined;
  #lifetime: LifetimeRule | undefined;
  readonly #bytes: RecordedBytes;

  /** @param limitBytes upper bound on the size of the values; `set` and `setEntry` throw SESSION_TOO_LARGE above it */
  constructor(limitBytes = Infinity) {
    this.#bytes = new RecordedBytes(limitBytes);
  }

  get isEmpty(): boolean {
    return (
      this.#cleared === 'nothing' && this.#values.size === 0 && !this.#userId && !this.#lifetime
    );
  }

  /** Whether they change values only, so that they can be written together with those of other requests. */
  get areValuesOnly(): boolean {
    return !this.#userId && !this.#lifetime;
  }

  /** Whether they assign the session to a user. */
  get areSigningIn(): boolean {
    return this.#userId?.to !== undefined;
  }

  /** The lifetime set by these changes, if any. */
  get lifetime(): LifetimeRule | undefined {
    return this.#lifetime;
  }

  /** The keys that were set or deleted individually. */
  get keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  set(key: string, value: unknown): void {
    this.#bytes.set(key, value);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.#bytes.delete(key);
    this.#values.set(key, DELETED);
  }

  /** Sets one entry of the object under a key, whatever other entries the record holds when the changes apply. */
  setEntry(key: string, name: string, value: unknown): void {
    this.#bytes.add(key, name, value);
    this.#entriesOf(key).own[name] = value;
  }

  /**
   * Removes the values of the application, or the library's own too, whatever the record holds when the changes apply.
   */
  clear(what: 'application' | 'everything' = 'application'): void {
    if (this.#cleared !== 'everything') this.#cleared = what;
    for (const key of this.#values.keys()) if (isCleared(key, what)) this.#forget(key);
  }

  setUserId(userId: string | undefined): void {
    this.#userId = { to: userId };
  }

  setLifetime(rule: LifetimeRule): void {
    this.#lifetime = rule;
  }

  /** Whether the changes alone determine the value of the key, whatever the record holds. */
  decides(key: string): boolean {
    const own = this.#values.get(key);
    if (own instanceof Entries) return own.isWhole;
    return this.#values.has(key) || isCleared(key, this.#cleared);
  }

  /** Whether the changes alone determine the user id. */
  get decidesUserId(): boolean {
    return this.#userId !== undefined;
  }

  valueIn(data: Data, key: string): unknown {
    const own = this.#values.get(key);
    const before = Object.hasOwn(data, key) ? data[key] : undefined;
    if (own instanceof Entries) return own.behind(before);
    return this.decides(key) ? own : before;
  }

  userIdIn(part: Pick<Part, 'userId'>): string | undefined {
    return this.#userId ? this.#userId.to : part.userId;
  }

  lifetimeIn(part: Pick<Part, 'lifetime'>): LifetimeRule | undefined {
    return this.#lifetime ?? part.lifetime;
  }

  dataIn(data: Data): Data {
    const next = withoutCleared(data, this.#cleared);
    for (const key of this.#values.keys()) {
      const value = this.valueIn(data, key);
      if (value === DELETED) delete next[key];
      else next[key] = value;
    }
    return next;
  }

  /** Whether applying the changes would alter the record. */
  alters(part: Part): boolean {
    return (
      this.userIdIn(part) !== part.userId ||
      !isDeepStrictEqual(this.lifetimeIn(part), part.lifetime) ||
      this.#altersData(part.data)
    );
  }

  /** Whether the changes justify creating a session for a visitor without one. */
  get isWorthARecord(): boolean {
    return this.userIdIn({}) !== undefined || Object.keys(this.dataIn({})).length > 0;
  }

  /** A copy with one more change: the key set to the value, or deleted if the value is undefined. */
  with(key: string, value: unknown): Changes {
    const last = new Changes();
    last.#values.set(key, value);
    return this.followedBy(last);
  }

  /** A copy with later changes applied on top. */
  followedBy(later: Changes): Changes {
    const all = new Changes(later.#bytes.limit);
    for (const changes of [this, later]) {
      if (changes.#cleared !== 'nothing') all.clear(changes.#cleared);
      for (const [key, value] of changes.#values) all.#follow(key, value);
      all.#userId = changes.#userId ?? all.#userId;
      all.#lifetime = changes.#lifetime ?? all.#lifetime;
    }
    return all;
  }

  #forget(key: string): void {
    this.#bytes.delete(key);
    this.#values.delete(key);
  }

  #follow(key: string, value: unknown): void {
    if (!(value instanceof Entries)) return void this.#values.set(key, value);
    if (value.isWhole) this.#values.set(key, DELETED);
    Object.assign(this.#entriesOf(key).own, value.own);
  }

  /** The entries set under a key so far, open to additions. */
  #entriesOf(key: string): Entries {
    const before = this.#values.get(key);
    if (before instanceof Entries) return before;
    const entries = new Entries(this.decides(key));
    Object.assign(entries.own, before);
    this.#values.set(key, entries);
    return entries;
  }

  #altersData(data: Data): boolean {
    const touched =
      this.#cleared === 'nothing'
        ? this.#values.keys()
        : [...Object.keys(data), ...this.#values.keys()];
    for (const key of touched) {
      const before = Object.hasOwn(data, key) ? data[key] : undefined;
      if (!isDeepStrictEqual(before, this.valueIn(data, key))) return true;
    }
    return false;
  }
}
