import type { LiveRecord } from '../core/record/session-record.js';
import type { SessionStore } from '../core/record/session-store.js';
import { isUserId } from '../core/record/user-id.js';
import { VerifiedStore } from './verified-store.js';
import type { CommitSettings } from './commit-settings.js';
import { lineageOf, lineagesIn } from './lineage.js';
import { markOf, parsePublicId } from './public-id.js';

/**
 * The sessions of a user, on whatever device. A lineage counts as one session, whatever ids it has had.
 *
 * @internal
 */
export class UserSessions {
  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {}

  /** The sessions of a user, in the order in which the user got them. */
  async list(userId: string): Promise<readonly LiveRecord[]> {
    if (!isUserId(userId)) return [];
    return this.#withStore(async (store) => lineagesIn(await store.listByUser(userId)));
  }

  /** Ends the sessions of a user except one lineage, and resolves to how many there were. */
  endAll(userId: string, exceptLineage: string | undefined): Promise<number> {
    return this.#end(userId, (lineage) => lineage !== exceptLineage);
  }

  /** Ends the session of a public id; false if there is none, or if it belongs to another user. */
  async endNamed(publicId: unknown, ofUser: string | undefined): Promise<boolean> {
    const named = parsePublicId(publicId);
    if (!named || (ofUser !== undefined && ofUser !== named.userId)) return false;
    return (await this.#end(named.userId, (visit) => markOf(visit) === named.mark)) > 0;
  }

  /**
   * Ends the lineages that exist at the call, and repeats until none of them is left: a session that was being rotated
   * goes on under another key. It leaves lineages that begin meanwhile.
   */
  async #end(userId: string, isWanted: (visit: string) => boolean): Promise<number> {
    if (!isUserId(userId)) return 0;
    return this.#withStore(async (store) => {
      let ended: ReadonlySet<string> | undefined;
      for (;;) {
        const records = await store.listByUser(userId);
        ended ??= new Set(records.map(lineageOf).filter(isWanted));
        const left = records.filter((record) => ended?.has(lineageOf(record)));
        if (left.length === 0) {
          for (const key of ended) this.settings.emit({ type: 'revoked', key, userId });
          return ended.size;
        }
        await Promise.all(left.map(({ key }) => store.remove(key)));
      }
    });
  }

  #withStore<T>(task: (store: VerifiedStore) => Promise<T>): Promise<T> {
    return VerifiedStore.during(this.store, this.settings, task);
  }
}
