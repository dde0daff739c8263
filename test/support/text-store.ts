import {
  decodeRecord,
  encodeRecord,
  type LiveRecord,
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
  type UserIndex,
} from 'nestjs-sessions';
import { isTheirs, lookFor } from '../../lib/core/record/user-index.js';

/** What a version of the library makes of the records of this one, and back. */
export interface Version {
  readonly write: (record: SessionRecord) => object;
  readonly read: (stored: SessionRecord) => object;
}

const PRESENT: Version = { write: (record) => record, read: (stored) => stored };

/** Keeps texts that servers of several versions share, and that a test can look at. Nothing in it expires. */
export class TextStore extends SessionStore implements UserIndex {
  constructor(
    readonly texts = new Map<string, string>(),
    private readonly version = PRESENT,
  ) {
    super();
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const text = this.texts.get(key);
    return text === undefined ? undefined : this.#decoded(text);
  }

  override async create(record: SessionRecord): Promise<boolean> {
    if (this.texts.has(record.key)) return false;
    this.#write(record);
    return true;
  }

  override async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const found = this.stored(record.key);
    if (found?.revision !== expectedRevision) return found ? 'conflict' : 'gone';
    this.#write(record);
    return 'saved';
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const found = this.stored(key);
    if (found?.revision !== revision) return false;
    this.texts.set(key, JSON.stringify({ ...found, expiresAt }));
    return true;
  }

  override async delete(key: string, revision?: string): Promise<boolean> {
    const found = this.stored(key);
    return found?.revision === (revision ?? found?.revision) && this.texts.delete(key);
  }

  async listByUser(userId: string): Promise<LiveRecord[]> {
    const texts = [...this.texts.values()];
    const sights = await Promise.all(
      texts.map((text) => lookFor(userId, () => this.#decoded(text))),
    );
    return sights.filter(isTheirs);
  }

  /** A record as it is kept, whether or not this version reads it. */
  stored(key: string): SessionRecord | undefined {
    const text = this.texts.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as SessionRecord);
  }

  #decoded(text: string): SessionRecord {
    if (this.version === PRESENT) return decodeRecord(text);
    return decodeRecord(JSON.stringify(this.version.read(JSON.parse(text) as SessionRecord)));
  }

  #write(record: SessionRecord): void {
    const written = this.version.write(JSON.parse(encodeRecord(record)) as SessionRecord);
    this.texts.set(record.key, JSON.stringify(written));
  }
}
