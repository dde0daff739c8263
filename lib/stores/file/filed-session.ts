import { rm } from 'node:fs/promises';
import type { Clock } from '../../core/options/clock.js';
import { recordUnreadable } from '../../core/errors/session-errors.js';
import { decodeRecord, type SessionRecord } from '../../core/record/session-record.js';
import {
  expiryAfter,
  type SavedExpiry,
  type SaveOutcome,
} from '../../core/record/session-store.js';
import { dataNameFor, newEntry, type State, userOf } from './names.js';
import type { SessionFiles } from './session-files.js';
import { type Listing, SessionFolder } from './session-folder.js';

/** Number of tries when other processes take or remove the folder first. */
const MAX_TRIES = 3;

/**
 * The part of a record that its state holds.
 *
 * @internal
 */
export interface Head {
  readonly revision: string;
  readonly expiresAt: number;
  /** The name of the session's user, if it has one. */
  readonly user: string | undefined;
  /** Whether it replaces a session that was rotated. */
  readonly isTombstone: boolean;
}

/** A change of state, with the other files of the folder at that time; or why there was none. */
type Move = { readonly from: State; readonly to: State; readonly others: Listing['others'] };
type NoMove = Exclude<SaveOutcome, 'saved'>;

/**
 * The session of one key: the promises of a store, on a folder.
 *
 * @internal
 */
export class FiledSession {
  constructor(
    private readonly folder: SessionFolder,
    private readonly files: SessionFiles,
    private readonly clock: Clock,
  ) {}

  get name(): string {
    return this.folder.name;
  }

  /** Includes an expired record, until the purge. */
  async load(): Promise<SessionRecord | undefined> {
    let missing: string | undefined;
    for (;;) {
      const listing = await this.#list();
      if (listing?.flaw !== undefined) throw recordUnreadable(listing.flaw);
      const state = listing?.states[0];
      if (!state) return undefined;
      const text = await this.folder.read(state);
      if (text !== undefined) return decodeRecord(text, state.expiresAt);
      // Data is removed once the session has moved to other data. If it has not moved, the data will not come back.
      if (state.dataName === missing) throw recordUnreadable('its data is missing');
      missing = state.dataName;
    }
  }

  async create({ user, ...head }: Head, text: string): Promise<boolean> {
    const entry = entryFor(user);
    const state = { ...head, dataName: dataNameFor(text), entry };
    const draft = await this.files.draft(state, text);
    let isTaken = false;
    try {
      const stateFile = new SessionFolder(draft).fileOf(state);
      await this.files.announce(this.name, { to: state, stateFile });
      isTaken = await this.#take(draft);
    } finally {
      if (!isTaken) await rm(draft, { recursive: true, force: true });
    }
    if (isTaken) await this.folder.syncParent();
    else await this.files.unlist(this.folder, entry);
    return isTaken;
  }

  async save(
    { user, isTombstone, ...head }: Head,
    text: string,
    { revision, expiry }: { readonly revision: string; readonly expiry: SavedExpiry },
  ): Promise<SaveOutcome> {
    let dataName: string | undefined;
    let fresh: string | undefined;
    const move = await this.#move(revision, async (from) => {
      const isKept = isTombstone || (from.entry && userOf(from.entry)) === user;
      const entry = isKept ? from.entry : (fresh ??= entryFor(user));
      const to = { ...head, entry, expiresAt: expiryAfter(expiry, head, from) };
      await this.files.announce(this.name, { from, to, stateFile: this.folder.fileOf(from) });
      dataName ??= await this.folder.add(text);
      return dataName === undefined ? undefined : { ...to, dataName };
    });
    if (typeof move === 'string') {
      if (dataName !== undefined) await this.folder.vacate([dataName]);
      await this.files.unlist(this.folder, fresh);
      return move;
    }
    await this.#leave(move);
    return 'saved';
  }

  /** The latest expiry stays, whatever the order: each touch compares with the very state it replaces. */
  async touch(expiresAt: number, expected: string): Promise<boolean> {
    const move = await this.#move(expected, async (from) => ({
      ...from,
      expiresAt: Math.max(expiresAt, from.expiresAt),
    }));
    return typeof move !== 'string';
  }

  /** @param expected the only revision to remove; undefined for any */
  async delete(expected?: string): Promise<boolean> {
    for (;;) {
      const listing = await this.#list();
      if (!listing) return false;
      if (listing.states.some(({ revision }) => revision !== (expected ?? revision))) return false;
      if (await this.files.end(this.folder, listing)) return listing.states.some(this.#isLive);
    }
  }

  /** Replaces the live state if it has the revision, and retries until no other writer was faster. */
  async #move(
    expected: string,
    nextTo: (state: State) => Promise<State | undefined>,
  ): Promise<Move | NoMove> {
    for (;;) {
      const listing = await this.#list();
      const from = this.#liveIn(listing);
      if (!listing || !from) return 'gone';
      if (from.revision !== expected) return 'conflict';
      const to = await nextTo(from);
      if (to && (await this.folder.move(from, to))) return { from, to, others: listing.others };
    }
  }

  /** Makes a new revision durable, and removes what the former one leaves behind. */
  async #leave({ from, to, others }: Move): Promise<void> {
    await this.folder.sync();
    // The data of the former revision, and of writers that lost to this one or died. No future writer owns any of it:
    // when the listing was made, the new revision did not exist for one to start from.
    await this.folder.discard(others.filter((name) => name !== to.dataName));
    if (to.entry !== from.entry) await this.files.unlist(this.folder, from.entry);
  }

  async #take(draft: string): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (await this.folder.take(draft)) return true;
      const listing = await this.#list();
      if (listing?.states.some(this.#isLive)) return false;
      if (listing) await this.files.end(this.folder, listing);
    }
    return false;
  }

  /**
   * The contents of the folder; undefined if there is none. Rejects if no session has a folder: on an unmounted volume,
   * all sessions would seem to have ended.
   */
  async #list(): Promise<Listing | undefined> {
    const listing = await this.folder.list();
    if (!listing) await this.files.assertPresent();
    return listing;
  }

  #liveIn(listing: Listing | undefined): State | undefined {
    const state = listing?.flaw === undefined ? listing?.states[0] : undefined;
    return state && this.#isLive(state) ? state : undefined;
  }

  readonly #isLive = ({ expiresAt }: State): boolean => this.clock.now() < expiresAt;
}

function entryFor(user: string | undefined): string | undefined {
  return user === undefined ? undefined : newEntry(user);
}
