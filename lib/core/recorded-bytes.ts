import { sessionTooLarge } from './session-errors.js';

/**
 * A running count of the bytes of JSON that the recorded values take at least, so that a request that records more than a
 * record may hold is refused where it does.
 *
 * @internal
 */
export class RecordedBytes {
  #total = 0;
  readonly #byKey = new Map<string, number>();

  constructor(readonly limit: number) {}

  /** Counts what is under a key now, in place of what was. Throws SESSION_TOO_LARGE, and counts nothing, above the limit. */
  set(key: string, value: unknown): void {
    this.#count(key, key.length + leastBytesOf(value));
  }

  /** Counts one entry more of the object under a key. */
  add(key: string, name: string, value: unknown): void {
    const before = this.#byKey.get(key) ?? key.length;
    this.#count(key, before + name.length + leastBytesOf(value));
  }

  delete(key: string): void {
    this.#total -= this.#byKey.get(key) ?? 0;
    this.#byKey.delete(key);
  }

  #count(key: string, bytes: number): void {
    const total = this.#total - (this.#byKey.get(key) ?? 0) + bytes;
    if (total > this.limit) throw sessionTooLarge(`at least ${total}`, this.limit);
    this.#total = total;
    this.#byKey.set(key, bytes);
  }
}

/** A letter is a byte at least, and so is each value that is no text: cheaper than its JSON, and never more. */
function leastBytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 1;
  let bytes = 2;
  for (const [name, part] of Object.entries(value)) {
    bytes += leastBytesOf(part) + (Array.isArray(value) ? 1 : name.length + 3);
  }
  return bytes;
}
