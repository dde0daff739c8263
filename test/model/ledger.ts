import type { SavedExpiry, SaveOutcome, SessionRecord } from 'nestjs-sessions';

/** What was under a key from one instant on; nothing, once it was deleted or had expired. */
export interface State {
  readonly since: number;
  readonly record: SessionRecord | undefined;
}

/**
 * What a store promises, in the fewest words, with a memory of all that ever was under a key. Instants are counted
 * from effect to effect; the hours of a clock are `now`.
 */
export class Ledger {
  readonly #histories = new Map<string, State[]>();
  readonly #revisions = new Set<string>();
  readonly #expired = new Map<string, SessionRecord>();
  #instant = 0;

  get instant(): number {
    return this.#instant;
  }

  get keys(): readonly string[] {
    return [...this.#histories.keys()];
  }

  load(key: string): SessionRecord | undefined {
    return this.#histories.get(key)?.at(-1)?.record;
  }

  create(record: SessionRecord): boolean {
    return !this.load(record.key) && this.#write(record);
  }

  save(record: SessionRecord, expectedRevision: string, expiry?: SavedExpiry): SaveOutcome {
    const current = this.load(record.key);
    if (!current) return 'gone';
    if (current.revision !== expectedRevision) return 'conflict';
    const isLater = expiry === 'latest' && current.expiresAt > record.expiresAt;
    this.#write(isLater ? { ...record, expiresAt: current.expiresAt } : record);
    return 'saved';
  }

  touch(key: string, expiresAt: number, revision: string): boolean {
    const current = this.load(key);
    if (current?.revision !== revision) return false;
    return expiresAt <= current.expiresAt || this.#put(key, { ...current, expiresAt });
  }

  delete(key: string, revision?: string): boolean {
    const current = this.load(key);
    if (!current || current.revision !== (revision ?? current.revision)) return false;
    return this.#put(key, undefined);
  }

  /** What has expired under a key, which a store may still hand out. */
  expired(key: string): SessionRecord | undefined {
    return this.#expired.get(key);
  }

  /** Ends what has expired by now. */
  expire(now: number): void {
    for (const key of this.keys) {
      const record = this.load(key);
      if (!record || record.expiresAt > now) continue;
      this.#put(key, undefined);
      this.#expired.set(key, record);
    }
  }

  /** Whether a write under this revision took effect already. */
  knows(revision: string): boolean {
    return this.#revisions.has(revision);
  }

  isUsed(key: string): boolean {
    return this.#histories.has(key);
  }

  /** All that was under a key at some instant from the given one on; nothing, where it was never used before. */
  statesSince(key: string | undefined, instant: number): readonly (SessionRecord | undefined)[] {
    const history = (key !== undefined && this.#histories.get(key)) || [];
    const first = history.findLastIndex(({ since }) => since <= instant);
    const states = history.slice(Math.max(first, 0)).map(({ record }) => record);
    return first < 0 ? [undefined, ...states] : states;
  }

  #write(record: SessionRecord): true {
    this.#revisions.add(record.revision);
    return this.#put(record.key, record);
  }

  #put(key: string, record: SessionRecord | undefined): true {
    this.#expired.delete(key);
    const history = this.#histories.get(key) ?? [];
    history.push({ since: ++this.#instant, record });
    this.#histories.set(key, history);
    return true;
  }
}
