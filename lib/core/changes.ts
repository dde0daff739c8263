import { isDeepStrictEqual } from 'node:util';
import type { LifetimeRule } from './lifetime.js';
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
  /** Everything that was there before is to go; `#values` come after that. */
  #isCleared = false;
  readonly #values = new Map<string, unknown>();
  #userId: { readonly to: string | undefined } | undefined;
  #lifetime: LifetimeRule | undefined;

  get isEmpty(): boolean {
    return !this.#isCleared && this.#values.size === 0 && !this.#userId && !this.#lifetime;
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
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.#values.set(key, DELETED);
  }

  clear(): void {
    this.#isCleared = true;
    this.#values.clear();
  }

  setUserId(userId: string | undefined): void {
    this.#userId = { to: userId };
  }

  setLifetime(rule: LifetimeRule): void {
    this.#lifetime = rule;
  }

  /** Tells whether the value of the key follows from the changes alone, whatever the record holds. */
  decides(key: string): boolean {
    return this.#isCleared || this.#values.has(key);
  }

  /** Tells whether the user id follows from the changes alone. */
  get decidesUserId(): boolean {
    return this.#userId !== undefined;
  }

  valueIn(data: Data, key: string): unknown {
    if (this.decides(key)) return this.#values.get(key);
    return Object.hasOwn(data, key) ? data[key] : undefined;
  }

  userIdIn(part: Pick<Part, 'userId'>): string | undefined {
    return this.#userId ? this.#userId.to : part.userId;
  }

  lifetimeIn(part: Pick<Part, 'lifetime'>): LifetimeRule | undefined {
    return this.#lifetime ?? part.lifetime;
  }

  dataIn(data: Data): Data {
    const next: Record<string, unknown> = this.#isCleared ? {} : { ...data };
    for (const [key, value] of this.#values) {
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
    last.set(key, value);
    return this.followedBy(last);
  }

  /** These changes with later ones on top. */
  followedBy(later: Changes): Changes {
    const all = new Changes();
    for (const changes of [this, later]) {
      if (changes.#isCleared) all.clear();
      for (const [key, value] of changes.#values) all.#values.set(key, value);
      all.#userId = changes.#userId ?? all.#userId;
      all.#lifetime = changes.#lifetime ?? all.#lifetime;
    }
    return all;
  }

  #altersData(data: Data): boolean {
    const touched = this.#isCleared
      ? [...Object.keys(data), ...this.#values.keys()]
      : this.#values.keys();
    for (const key of touched) {
      const before = Object.hasOwn(data, key) ? data[key] : undefined;
      if (!isDeepStrictEqual(before, this.#values.get(key))) return true;
    }
    return false;
  }
}
