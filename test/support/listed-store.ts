import type { SessionRecord } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';

/** A memory store that can tell all it ever had. */
export class ListedStore extends MemorySessionStore {
  readonly keys = new Set<string>();

  override create(record: SessionRecord): Promise<boolean> {
    this.keys.add(record.key);
    return super.create(record);
  }

  async records(): Promise<SessionRecord[]> {
    const found = await Promise.all([...this.keys].map((key) => this.load(key)));
    return found.filter((record) => record !== undefined);
  }
}
