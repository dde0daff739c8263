import {
  decodeRecord,
  encodeRecord,
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
} from 'nestjs-sessions';
import type { SlowStore } from './slow-store.js';

/** This library's contract on the slow store. */
export class OurStore extends SessionStore {
  constructor(private readonly slow: SlowStore) {
    super();
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    return alive(await this.slow.read(key));
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.slow.write((texts) => {
      if (alive(texts.get(record.key))) return false;
      texts.set(record.key, encodeRecord(record));
      return true;
    });
  }

  override save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    return this.slow.write((texts) => {
      const found = alive(texts.get(record.key));
      if (!found) return 'gone';
      if (found.revision !== expectedRevision) return 'conflict';
      texts.set(record.key, encodeRecord(record));
      return 'saved';
    });
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.slow.write((texts) => {
      const found = alive(texts.get(key));
      if (found?.revision !== revision) return false;
      texts.set(key, encodeRecord({ ...found, expiresAt }));
      return true;
    });
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.slow.write((texts) => {
      const found = alive(texts.get(key));
      if (!found || found.revision !== (revision ?? found.revision)) return false;
      return texts.delete(key);
    });
  }
}

function alive(text: string | undefined): SessionRecord | undefined {
  const record = text === undefined ? undefined : decodeRecord(text);
  return record && Date.now() < record.expiresAt ? record : undefined;
}
