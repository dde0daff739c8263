import type { Changes } from '../core/changes.js';
import { pause } from '../core/clock.js';
import { limitReached } from '../core/session-errors.js';
import type { LiveRecord } from '../core/session-record.js';
import type { LiveStanding } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { CommitSettings, PerUserLimit } from './commit-settings.js';
import type { Origin } from './next-record.js';
import type { Overtaken } from './overtaken.js';
import { visitOf, visitsIn } from './visit.js';

/** Longer than it takes a login that lost to take its session back. */
const PAUSE_MS = 50;

/**
 * A write that may give a session to a user, and how to take it back.
 *
 * @internal
 */
export interface Admission {
  readonly write: () => Promise<LiveStanding | Overtaken>;
  readonly takeBack: (written: LiveRecord) => Promise<unknown>;
}

/**
 * Keeps the number of sessions of each user below a limit.
 *
 * A login looks after its session is in the store: of several at once, the last to write sees all of them. So together
 * they leave no more than the limit, in whichever order they write and look.
 *
 * @internal
 */
export class UserLimit {
  constructor(
    private readonly store: CertainStore,
    private readonly limit: Required<PerUserLimit>,
    private readonly settings: Pick<CommitSettings, 'clock' | 'tell'>,
  ) {}

  /** Resolves to what the write did. It costs nothing more unless the changes give the session to another user. */
  admit(origin: Origin, changes: Changes, admission: Admission): Promise<LiveStanding | Overtaken> {
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
  ): Promise<LiveStanding | Overtaken> {
    const others = (await this.#visits(userId)).filter((other) => other !== visit);
    if (others.length >= this.limit.max) throw limitReached(this.limit.max);
    return this.#checked(admission, (record) => this.#refuseUnlessAmong(userId, visitOf(record)));
  }

  /** Whatever fails after the write, it is taken back. */
  async #checked(
    { write, takeBack }: Admission,
    check: (written: LiveRecord) => Promise<void>,
  ): Promise<LiveStanding | Overtaken> {
    const written = await write();
    if (written.kind === 'overtaken') return written;
    try {
      await check(written.record);
    } catch (error) {
      await takeBack(written.record);
      throw error;
    }
    return written;
  }

  /**
   * Of the logins that compete for the last places, the first in an order that all of them see stay, and wait until the
   * others are gone. One that does not go was admitted before: then the competitors have a place less each time.
   */
  async #refuseUnlessAmong(userId: string, newcomer: string): Promise<void> {
    const { max } = this.limit;
    for (let places = max; places > 0; places--) {
      const visits = await this.#visits(userId);
      if (visits.length <= max) return;
      if (visits.indexOf(newcomer) >= places) break;
      await pause(this.settings.clock, PAUSE_MS);
    }
    throw limitReached(max);
  }

  async #visits(userId: string): Promise<readonly string[]> {
    return visitsIn(await this.store.listByUser(userId)).map(visitOf);
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
      for (const key of surplus) this.settings.tell({ type: 'ended-by-limit', key, userId });
    }
  }
}
