import type { Changes } from '../core/session/changes.js';
import { pause } from '../core/options/clock.js';
import { limitReached } from '../core/errors/session-errors.js';
import type { LiveRecord } from '../core/record/session-record.js';
import type { LoadedSession } from '../core/session/session-phase.js';
import type { VerifiedStore } from './verified-store.js';
import type { CommitSettings, PerUserLimit } from './commit-settings.js';
import type { Origin } from './next-record.js';
import type { Overtaken } from './overtaken.js';
import { lineageOf, lineagesIn } from './lineage.js';

/** Longer than a login that lost takes to undo its write. */
const PAUSE_MS = 50;

/**
 * A write that may give a session to a user, and its reversal.
 *
 * @internal
 */
export interface LimitedWrite {
  readonly write: () => Promise<LoadedSession | Overtaken>;
  readonly undo: (written: LiveRecord) => Promise<unknown>;
}

/**
 * Keeps the number of sessions of each user within a limit.
 *
 * A login lists the sessions once its own is stored: of several at once, the last to write finds all of them. Together
 * they leave no more than the limit, in whichever order they write and list.
 *
 * @internal
 */
export class UserLimit {
  constructor(
    private readonly store: VerifiedStore,
    private readonly limit: Required<PerUserLimit>,
    private readonly settings: Pick<CommitSettings, 'clock' | 'emit'>,
  ) {}

  /** Resolves to the result of the write. It costs nothing more unless the changes give the session to another user. */
  enforce(
    origin: Origin,
    changes: Changes,
    limitedWrite: LimitedWrite,
  ): Promise<LoadedSession | Overtaken> {
    const userId = changes.userIdIn(origin);
    const isNewcomer = userId !== undefined && userId !== origin.userId;
    if (!isNewcomer || this.limit.max === Infinity) return limitedWrite.write();
    return this.limit.whenFull === 'refuse'
      ? this.#writeOrRefuse(userId, origin.lineage ?? origin.key, limitedWrite)
      : this.#checked(limitedWrite, () => this.#endOldest(userId));
  }

  async #writeOrRefuse(
    userId: string,
    lineage: string | undefined,
    limitedWrite: LimitedWrite,
  ): Promise<LoadedSession | Overtaken> {
    const others = (await this.#lineages(userId)).filter((other) => other !== lineage);
    if (others.length >= this.limit.max) throw limitReached(this.limit.max);
    return this.#checked(limitedWrite, (record) =>
      this.#refuseUnlessAmong(userId, lineageOf(record)),
    );
  }

  /** Undoes the write if anything fails after it. */
  async #checked(
    { write, undo }: LimitedWrite,
    check: (written: LiveRecord) => Promise<void>,
  ): Promise<LoadedSession | Overtaken> {
    const written = await write();
    if (written.kind === 'overtaken') return written;
    try {
      await check(written.record);
    } catch (error) {
      await undo(written.record);
      throw error;
    }
    return written;
  }

  /**
   * Of the logins that compete for the last places, the first ones stay, in an order that all of them share. They wait
   * until the others are gone. A competitor that does not go was admitted before, so each round has one place less.
   */
  async #refuseUnlessAmong(userId: string, newcomer: string): Promise<void> {
    const { max } = this.limit;
    for (let places = max; places > 0; places--) {
      const lineages = await this.#lineages(userId);
      if (lineages.length <= max) return;
      if (lineages.indexOf(newcomer) >= places) break;
      await pause(this.settings.clock, PAUSE_MS);
    }
    throw limitReached(max);
  }

  async #lineages(userId: string): Promise<readonly string[]> {
    return lineagesIn(await this.store.listByUser(userId)).map(lineageOf);
  }

  /** Repeats until the limit holds: a session that was being rotated goes on under another key. */
  async #endOldest(userId: string): Promise<void> {
    for (;;) {
      const records = await this.store.listByUser(userId);
      const lineages = lineagesIn(records).map(lineageOf);
      const surplus = new Set(lineages.slice(0, Math.max(lineages.length - this.limit.max, 0)));
      if (surplus.size === 0) return;
      const ended = records.filter((record) => surplus.has(lineageOf(record)));
      await Promise.all(ended.map(({ key }) => this.store.remove(key)));
      for (const key of surplus) this.settings.emit({ type: 'evicted', key, userId });
    }
  }
}
