import type { Changes } from '../core/changes.js';
import { limitReached } from '../core/session-errors.js';
import type { LiveRecord } from '../core/session-record.js';
import type { LiveStanding } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { PerUserLimit, Tell } from './commit-settings.js';
import type { Origin } from './next-record.js';
import { visitOf, visitsIn } from './visit.js';

/**
 * A write that may give a session to a user, and how to take it back.
 *
 * @internal
 */
export interface Admission {
  readonly write: () => Promise<LiveStanding | undefined>;
  readonly takeBack: (written: LiveRecord) => Promise<unknown>;
}

/**
 * Keeps the number of sessions of each user below a limit.
 *
 * Who signs in looks after their session is in the store: of several at once, the last to write sees all of them. So
 * together they leave no more than the limit, in whichever order they write and look.
 *
 * @internal
 */
export class UserLimit {
  constructor(
    private readonly store: CertainStore,
    private readonly limit: Required<PerUserLimit>,
    private readonly tell: Tell,
  ) {}

  /** Resolves to what the write did. It costs nothing more unless the changes give the session to another user. */
  admit(origin: Origin, changes: Changes, admission: Admission): Promise<LiveStanding | undefined> {
    const userId = changes.userIdIn(origin);
    const isNewcomer = userId !== undefined && userId !== origin.userId;
    if (!isNewcomer || this.limit.max === Infinity) return admission.write();
    return this.limit.whenFull === 'refuse'
      ? this.#admitOrRefuse(userId, origin.visit ?? origin.key, admission)
      : this.#checked(admission, () => this.#endOldest(userId));
  }

  async #admitOrRefuse(
    userId: string,
    visit: string | undefined,
    admission: Admission,
  ): Promise<LiveStanding | undefined> {
    await this.#refuseBeside(userId, visit);
    return this.#checked(admission, (record) => this.#refuseBeside(userId, visitOf(record)));
  }

  /** Whatever fails after the write, it is taken back. */
  async #checked(
    { write, takeBack }: Admission,
    check: (written: LiveRecord) => Promise<void>,
  ): Promise<LiveStanding | undefined> {
    const written = await write();
    if (!written) return undefined;
    try {
      await check(written.record);
    } catch (error) {
      await takeBack(written.record);
      throw error;
    }
    return written;
  }

  /** By their number and not by their order: who looked before another had written would count that one out. */
  async #refuseBeside(userId: string, newcomer: string | undefined): Promise<void> {
    const others = new Set((await this.store.listByUser(userId)).map(visitOf));
    if (newcomer !== undefined) others.delete(newcomer);
    if (others.size >= this.limit.max) throw limitReached(this.limit.max);
  }

  /** Until there are none too many: one that was being rotated goes on under another key. */
  async #endOldest(userId: string): Promise<void> {
    for (;;) {
      const records = await this.store.listByUser(userId);
      const visits = visitsIn(records).map(visitOf);
      const surplus = new Set(visits.slice(0, Math.max(visits.length - this.limit.max, 0)));
      if (surplus.size === 0) return;
      const ended = records.filter((record) => surplus.has(visitOf(record)));
      await Promise.all(ended.map(({ key }) => this.store.remove(key)));
      for (const key of surplus) this.tell({ type: 'ended-by-limit', key, userId });
    }
  }
}
