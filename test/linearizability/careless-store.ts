import type { Redis } from 'ioredis';
import {
  decodeRecord,
  encodeRecord,
  type SaveOutcome,
  type SessionRecord,
  SessionStore,
} from 'nestjs-sessions';

/** A store as many write it, on GET and SET: it looks, and then writes, whatever came between. */
export class CarelessStore extends SessionStore {
  constructor(
    private readonly client: Redis,
    private readonly namespace: string,
  ) {
    super();
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const text = await this.client.get(this.#keyOf(key));
    return text === null ? undefined : decodeRecord(text);
  }

  override async create(record: SessionRecord): Promise<boolean> {
    await this.client.set(this.#keyOf(record.key), encodeRecord(record));
    return true;
  }

  override async save(record: SessionRecord): Promise<SaveOutcome> {
    if (!(await this.load(record.key))) return 'gone';
    await this.create(record);
    return 'saved';
  }

  override async touch(): Promise<boolean> {
    return true;
  }

  override async delete(key: string): Promise<boolean> {
    return (await this.client.del(this.#keyOf(key))) > 0;
  }

  #keyOf(key: string): string {
    return `${this.namespace}:${key}`;
  }
}
