import { Injectable } from '@nestjs/common';
import {
  decodeRecord,
  encodeRecord,
  type SavedExpiry,
  type SessionRecord,
  SessionStore,
} from 'nestjs-sessions';

/** Each method is atomic, since it awaits nothing. */
@Injectable()
export class MapSessionStore extends SessionStore {
  readonly #texts = new Map<string, string>();

  async load(key: string) {
    return this.#find(key);
  }

  async create(record: SessionRecord) {
    return this.#find(record.key) === undefined && this.#write(record);
  }

  async save(record: SessionRecord, expectedRevision: string, expiry?: SavedExpiry) {
    const present = this.#find(record.key);
    if (!present) return 'gone';
    if (present.revision !== expectedRevision) return 'conflict';
    const latest = Math.max(record.expiresAt, present.expiresAt);
    this.#write(expiry === 'latest' ? { ...record, expiresAt: latest } : record);
    return 'saved';
  }

  async touch(key: string, expiresAt: number, revision: string) {
    const present = this.#find(key);
    if (present?.revision !== revision) return false;
    return present.expiresAt >= expiresAt || this.#write({ ...present, expiresAt });
  }

  async delete(key: string, revision?: string) {
    const present = this.#find(key);
    if (present && present.revision !== (revision ?? present.revision)) return false;
    this.#texts.delete(key);
    return present !== undefined;
  }

  #find(key: string): SessionRecord | undefined {
    const text = this.#texts.get(key);
    const record = text === undefined ? undefined : decodeRecord(text);
    return record && Date.now() < record.expiresAt ? record : undefined;
  }

  #write(record: SessionRecord): true {
    this.#texts.set(record.key, encodeRecord(record));
    return true;
  }
}
