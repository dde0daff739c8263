import { isDeepStrictEqual } from 'node:util';
import { type Cleared, isCleared, withoutCleared } from './cleared.js';
import { Entries } from './entries.js';
import type { LifetimeRule } from './lifetime.js';
import { RecordedBytes } from './recorded-bytes.js';
import type { LiveRecord } from './session-record.js';

type Data = Readonly<Record<string, unknown>>;
type Part = Pick<LiveRecord, 'data' | 'userId' | 'lifetime'>;

/** Stands for "no value": a stored value is never undefined. */
const DELETED = undefined;

/**
 * What a request set and deleted, key by key, in a form that applies to any state of the record with the same
 * meaning. That is what lets two requests write to one session without losing each other's keys.
 *
 * Values are frozen copies; checking them is the session's task.
 *
 * @internal
 */
export class Changes {
  /** Which of the values that were there before are to go; `#values` come after that. */
  #cleared: Cleared = 'nothing';
  readonly #values = new Map<string, unknown>();
  #userId: { readonly to: string | undefined } | undefined;
  #lifetime: LifetimeRule | undefined;
  readonly #bytes: RecordedBytes;

  /** @param limitBytes what the values may take; `set` and `setEntry` throw SESSION_TOO_LARGE above it */
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

  /** Whether they give the session to a user. */
  get areSigningIn(): boolean {
    return this.#userId?.to !== undefined;
  }

  /** The lifetime that was chosen, if one was. */
  get lifetime(): LifetimeRule | undefined {
    return this.#lifetime;
  }

  /** The keys that were set or deleted one by one. */
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

  /** Sets one entry of an object under a key, whatever other entries it has or will have by then. */
  setEntry(key: string, name: string, value: unknown): void {
    this.#bytes.add(key, name, value);
    this.#entriesOf(key).own[name] = value;
  }

  /** Removes the values of the application, or the library's own too, whatever the record holds by then. */
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

  /** Tells whether the value of the key follows from the changes alone, whatever the record holds. */
  decides(key: string): boolean {
    const own = this.#values.get(key);
    if (own instanceof Entries) return own.isWhole;
    return this.#values.has(key) || isCleared(key, this.#cleared);
  }

  /** Tells whether the user id follows from the changes alone. */
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

  /** Tells whether applying the changes to the record would make it another. */
  alters(part: Part): boolean {
    return (
      this.userIdIn(part) !== part.userId ||
      !isDeepStrictEqual(this.lifetimeIn(part), part.lifetime) ||
      this.#altersData(part.data)
    );
  }

  /** Tells whether a visitor who has no session yet gets one for this. */
  get isWorthARecord(): boolean {
    return this.userIdIn({}) !== undefined || Object.keys(this.dataIn({})).length > 0;
  }

  /** These changes and then one more: the key set to the value, or deleted where that is undefined. */
  with(key: string, value: unknown): Changes {
    const last = new Changes();
    last.#values.set(key, value);
    return this.followedBy(last);
  }

  /** These changes with later ones on top. */
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

  /** The entries that are set under a key so far, to be added to. */
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
