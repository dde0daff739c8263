import { hash } from 'node:crypto';
import { CLOCK_TOLERANCE_MS } from '../../core/options/clock.js';
import type { LiveRecord, SessionRecord } from '../../core/record/session-record.js';
import { listIndexed, userIdOf } from '../../core/record/user-index.js';
import type { RedisCommands } from './redis-commands.js';
import { DROP, INDEX, LIST } from './redis-scripts.js';
import type { ScriptRunner } from './script-runner.js';

/**
 * How much longer an entry lasts than its record, so that a session in use costs the index one write an hour and not
 * one per touch.
 */
const LISTED_AFTER_MS = 3_600_000;

/** An entry with no more time than this was written for a record that expired a minute ago. */
const DUE_WITHIN_MS = LISTED_AFTER_MS - CLOCK_TOLERANCE_MS;

/** The index entries of a user at an instant. */
interface Listing {
  readonly now: number;
  readonly keys: readonly string[];
  /** Those whose records may have expired. */
  readonly due: readonly string[];
}

/**
 * The index by user: for each, the keys of the sessions, ordered by the expiry of their entries. It is a hint. An entry
 * is written before its record, so that a crash in between leaves a surplus entry and never a missing one. In a Cluster
 * each is on a node of its own, and no script reaches two.
 *
 * An entry outlasts its record, since a write that would outlast the entry updates the index first. A record whose
 * entry has expired has therefore ended, and costs a list nothing.
 *
 * @internal
 */
export class UserKeys {
  constructor(
    private readonly commands: RedisCommands,
    private readonly scripts: ScriptRunner,
    private readonly namespace: string,
    /** The current instant, as an argument of scripts. */
    private readonly now: () => string,
  ) {}

  async add(key: string, owner: string): Promise<void> {
    const [user, until] = owner.split(':') as [user: string, until: string];
    const args = [this.now(), key, until, String(CLOCK_TOLERANCE_MS)];
    await this.scripts.run(INDEX, [this.#keyOf(user), ...args]);
  }

  /** Drops the entry of a key that is out of use for good. If that fails, the entry expires. */
  async remove(key: string, owner: string): Promise<void> {
    const [user] = owner.split(':') as [user: string];
    await this.commands.zrem(this.#keyOf(user), key).catch(() => undefined);
  }

  /** Finds the sessions of a user, and removes most entries that led to none. */
  async listByUser(
    userId: string,
    load: (key: string) => Promise<SessionRecord | undefined>,
  ): Promise<LiveRecord[]> {
    let listing: Listing = { now: 0, keys: [], due: [] };
    const entries = async () => (listing = await this.#list(userId)).keys;
    const records = await listIndexed(userId, { now: () => listing.now }, entries, load);
    await this.#drop(userId, listing, new Set(records.map(({ key }) => key)));
    return records;
  }

  async #list(userId: string): Promise<Listing> {
    const args = [this.#keyOf(nameOf(userId)), this.now(), String(DUE_WITHIN_MS)] as const;
    const [at, due, keys] = (await this.scripts.run(LIST, args)) as [string, number, string[]];
    return { now: Number(at), keys, due: keys.slice(0, due) };
  }

  /**
   * Drops the due entries that led to no session of the user, so that one list cleans up for the next.
   *
   * An entry that is not due stays, whatever it leads to: its record may be about to be written. A dead record stays
   * dead unless a write indexes it again first. That makes its entry one that is not due, and the script spares those.
   */
  async #drop(userId: string, { now, due }: Listing, alive: ReadonlySet<string>): Promise<void> {
    const dead = due.filter((key) => !alive.has(key));
    if (dead.length === 0) return;
    const args = [this.#keyOf(nameOf(userId)), String(now + DUE_WITHIN_MS), ...dead] as const;
    await this.scripts.run(DROP, args).catch(() => undefined);
  }

  #keyOf(user: string): string {
    return `${this.namespace}:user:${user}`;
  }
}

/**
 * The owner field of a record: the user of its entry and the entry's expiry, or nothing. While the record lives within
 * that, an ordinary write leaves the entry alone.
 *
 * @internal
 */
export function ownerOf(record: SessionRecord): string {
  const userId = userIdOf(record);
  return userId === undefined ? '' : ownerUntil(nameOf(userId), record.expiresAt);
}

/** @internal */
export function ownerUntil(user: string, expiresAt: number): string {
  return `${user}:${Math.ceil(expiresAt) + LISTED_AFTER_MS}`;
}

/** Of one length, and without braces, which choose the slot of a Cluster. */
function nameOf(userId: string): string {
  return hash('sha256', userId, 'base64url');
}
