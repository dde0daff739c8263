import type { SessionRecord } from 'nestjs-sessions';

/** What is random in a record: keys, revisions, salts and the names of flashed values; and what looks like it. */
const TOKEN = /[\w-]{12,}/g;
const FIELDS = new Set(['recentRevisions', 'absoluteExpiresAt', 'idleTimeoutMs']);

/**
 * Gives what is random in one execution the same name in each: by who mentioned it first, and by how many that one had
 * mentioned before.
 */
export class Names {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #texts = new WeakMap<object, string>();

  /** The name of a token that somebody mentions. */
  of(token: string, owner: string): string {
    let name = this.#names.get(token);
    if (name === undefined) {
      const count = (this.#counts.get(owner) ?? 0) + 1;
      this.#counts.set(owner, count);
      this.#names.set(token, (name = `${owner}${count}`));
    }
    return name;
  }

  textOf(record: SessionRecord | undefined, owner: string): string {
    if (!record) return '-';
    let text = this.#texts.get(record);
    if (text === undefined) {
      const name = (token: string) => (FIELDS.has(token) ? token : this.of(token, owner));
      text = JSON.stringify(record).replace(TOKEN, name);
      this.#texts.set(record, text);
    }
    return text;
  }
}

/** Two halves of 32 bits each, as one number of 53 (cyrb53). */
export function hashed(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
