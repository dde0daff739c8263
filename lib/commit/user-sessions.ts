import type { LiveRecord } from '../core/session-record.js';
import type { SessionStore } from '../core/session-store.js';
import { isUserId } from '../core/user-id.js';
import { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import { visitOf, visitsIn } from './visit.js';
import { markOf, parseVisitHandle } from './visit-handle.js';

/**
 * The sessions of a user, whoever holds their cookies. A visit counts as one session, whichever ids it had.
 *
 * @internal
 */
export class UserSessions {
  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {}

  /** The sessions of a user, in the order in which they became the user's. */
  async list(userId: string): Promise<readonly LiveRecord[]> {
    if (!isUserId(userId)) return [];
    return this.#withStore(async (store) => visitsIn(await store.listByUser(userId)));
  }

  /** Ends the sessions of a user, but for one visit, and resolves to how many there were. */
  endAll(userId: string, exceptVisit: string | undefined): Promise<number> {
    return this.#end(userId, (visit) => visit !== exceptVisit);
  }

  /** Ends the session that a handle names; false where there is none, or none of that user. */
  async endNamed(handle: unknown, ofUser: string | undefined): Promise<boolean> {
    const named = parseVisitHandle(handle);
    if (!named || (ofUser !== undefined && ofUser !== named.userId)) return false;
    return (await this.#end(named.userId, (visit) => markOf(visit) === named.mark)) > 0;
  }

  /**
   * Ends the visits that are there by now, and looks again until none of them is: one that was being rotated goes on
   * under another key. A visit that begins meanwhile is none of them.
   */
  async #end(userId: string, isWanted: (visit: string) => boolean): Promise<number> {
    if (!isUserId(userId)) return 0;
    return this.#withStore(async (store) => {
      let ended: ReadonlySet<string> | undefined;
      for (;;) {
        const records = await store.listByUser(userId);
        ended ??= new Set(records.map(visitOf).filter(isWanted));
        const left = records.filter((record) => ended?.has(visitOf(record)));
        if (left.length === 0) {
          for (const key of ended) this.settings.tell({ type: 'revoked', key, userId });
          return ended.size;
        }
        await Promise.all(left.map(({ key }) => store.remove(key)));
      }
    });
  }

  #withStore<T>(task: (store: CertainStore) => Promise<T>): Promise<T> {
    return CertainStore.during(this.store, this.settings, task);
  }
}
