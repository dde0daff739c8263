import { sessionTooLarge } from '../errors/session-errors.js';

/**
 * A running lower bound on the bytes of JSON that the recorded values take. It lets a request be refused at the very
 * call that records more than a record may hold.
 *
 * @internal
 */
export class RecordedBytes {
  #total = 0;
  readonly #byKey = new Map<string, number>();

  constructor(readonly limit: number) {}

  /**
   * Counts the value now under a key, in place of the previous one. Above the limit, counts nothing and throws
   * SESSION_TOO_LARGE.
   */
  set(key: string, value: unknown): void {
    this.#count(key, key.length + leastBytesOf(value));
  }

  /** Counts one more entry of the object under a key. */
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

/**
 * A character takes at least a byte, and so does every value other than text: cheaper than making the JSON, never more.
 */
function leastBytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 1;
  let bytes = 2;
  for (const [name, part] of Object.entries(value)) {
    bytes += leastBytesOf(part) + (Array.isArray(value) ? 1 : name.length + 3);
  }
  return bytes;
}
