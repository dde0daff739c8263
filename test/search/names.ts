import type { SessionRecord } from 'nestjs-sessions';
import type { Call } from './calls.js';

/** What is random in a record: keys, revisions, salts and the names of flashed values; and what looks like it. */
export const TOKEN = /[\w-]{12,}/g;
export const FIELDS = new Set(['recentRevisions', 'absoluteExpiresAt', 'idleTimeoutMs']);

/**
 * Gives what is random in one execution the same name in each: by who mentioned it first, and by how many that one had
 * mentioned before. Only labels hold names, and few of them are read, so mentions are noted and named on demand.
 */
export class Names {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #mentions: { readonly what: SessionRecord | string; readonly owner: string }[] = [];

  mention(what: SessionRecord | string, owner: string): void {
    this.#mentions.push({ what, owner });
  }

  mentionCall({ key, record, owner }: Call): void {
    if (key) this.mention(key, owner);
    if (record) this.mention(record, owner);
  }

  mentionAnswer({ answer, owner }: Call): void {
    if (typeof answer !== 'object' || answer === null) return;
    for (const record of [answer].flat()) this.mention(record as SessionRecord, owner);
  }

  /** The name of a token; the owner's, if nobody has mentioned it yet. */
  of(token: string, owner: string): string {
    const mentions = this.#mentions;
    this.#mentions = [];
    for (const { what, owner: by } of mentions)
      for (const one of typeof what === 'string' ? [what] : tokensIn(what)) this.#name(one, by);
    return this.#name(token, owner);
  }

  #name(token: string, owner: string): string {
    let name = this.#names.get(token);
    if (name === undefined) {
      const count = (this.#counts.get(owner) ?? 0) + 1;
      this.#counts.set(owner, count);
      this.#names.set(token, (name = `${owner}${count}`));
    }
    return name;
  }
}

function tokensIn(record: SessionRecord): readonly string[] {
  return (JSON.stringify(record).match(TOKEN) ?? []).filter((token) => !FIELDS.has(token));
}
