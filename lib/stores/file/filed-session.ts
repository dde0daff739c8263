import { rm } from 'node:fs/promises';
import type { Clock } from '../../core/clock.js';
import { recordUnreadable } from '../../core/session-errors.js';
import { decodeRecord, type SessionRecord } from '../../core/session-record.js';
import type { SaveOutcome } from '../../core/session-store.js';
import { dataNameFor, type State } from './names.js';
import type { SessionFiles } from './session-files.js';
import type { Listing, SessionFolder } from './session-folder.js';

/** So often a folder that is no one's turns out to have been taken by another first. */
const MAX_TRIES = 3;

/** The former state was left, with what the folder held at that time; or why it was not. */
type Move = { readonly left: Listing } | Exclude<SaveOutcome, 'saved'>;

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

  /** Also what has expired, until the purge. */
  async load(): Promise<SessionRecord | undefined> {
    let missing: string | undefined;
    for (;;) {
      const listing = await this.#list();
      if (listing?.flaw !== undefined) throw recordUnreadable(listing.flaw);
      const state = listing?.states[0];
      if (!state) return undefined;
      const text = await this.folder.read(state);
      if (text !== undefined) return decodeRecord(text, state.expiresAt);
      // Data goes once the session has moved on to other data. If it has not, the data will not come back.
      if (state.dataName === missing) throw recordUnreadable('its data is missing');
      missing = state.dataName;
    }
  }

  async create(head: Omit<State, 'dataName'>, text: string): Promise<boolean> {
    const state = { ...head, dataName: dataNameFor(text) };
    const draft = await this.files.draft(state, text);
    let isTaken = false;
    try {
      // Before the session is there: one without a marker would never be purged.
      await this.files.markers.add({ folder: this.folder.name, expiresAt: state.expiresAt });
      isTaken = await this.#take(draft);
    } finally {
      if (!isTaken) await rm(draft, { recursive: true, force: true });
    }
    if (isTaken) await this.folder.syncParent();
    return isTaken;
  }

  async save(next: Omit<State, 'dataName'>, text: string, expected: string): Promise<SaveOutcome> {
    let dataName: string | undefined;
    const move = await this.#move(expected, next.expiresAt, async () => {
      dataName ??= await this.folder.add(text);
      return dataName === undefined ? undefined : { ...next, dataName };
    });
    if (typeof move === 'string') {
      if (dataName !== undefined) await this.folder.vacate([dataName]);
      return move;
    }
    await this.folder.sync();
    // The data of the former revision, and of writers that lost to this one or died. None of it is of a writer that is
    // to come: when the listing was made, there was no revision yet for one to start from.
    await this.folder.discard(move.left.others.filter((name) => name !== dataName));
    return 'saved';
  }

  async touch(expiresAt: number, expected: string): Promise<boolean> {
    const move = await this.#move(expected, expiresAt, async (state) => ({ ...state, expiresAt }));
    return typeof move !== 'string';
  }

  /** @param expected the only revision to remove; undefined for whatever is there */
  async delete(expected?: string): Promise<boolean> {
    for (;;) {
      const listing = await this.#list();
      if (!listing) return false;
      if (listing.states.some(({ revision }) => revision !== (expected ?? revision))) return false;
      if (await this.folder.end(listing)) return listing.states.some(this.#isLive);
    }
  }

  /** Leaves the live state for the next one, again and again until nobody was faster, if it has the revision. */
  async #move(
    expected: string,
    expiresAt: number,
    nextTo: (state: State) => Promise<State | undefined>,
  ): Promise<Move> {
    for (;;) {
      const listing = await this.#list();
      const state = this.#liveIn(listing);
      if (!listing || !state) return 'gone';
      if (state.revision !== expected) return 'conflict';
      await this.files.markers.move(this.folder.name, state.expiresAt, expiresAt);
      const next = await nextTo(state);
      if (next && (await this.folder.move(state, next))) return { left: listing };
    }
  }

  async #take(draft: string): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (await this.folder.take(draft)) return true;
      const listing = await this.#list();
      if (listing?.states.some(this.#isLive)) return false;
      if (listing) await this.folder.end(listing);
    }
    return false;
  }

  /**
   * What the folder holds; undefined where there is none. Rejects where no session has a folder: on a volume that is
   * not mounted any more, all of them would look as if they had ended.
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
