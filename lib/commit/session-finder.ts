import { renewedId, storeKeyOf } from '../core/record/session-id.js';
import type { Tombstone, SessionRecord } from '../core/record/session-record.js';
import {
  type RequestInfo,
  type LoadedSession,
  type SessionPhase,
  withPendingCookie,
} from '../core/session/session-phase.js';
import type { VerifiedStore } from './verified-store.js';
import { onBehalfOf, type CommitSettings } from './commit-settings.js';
import { rotatedAt } from './tombstones.js';
import { eventAbout, type CommitEvent } from './commit-events.js';

/**
 * Upper bound on the ids looked up per request, since each costs a store call. A request with more ids
 * is anonymous: if some were left out, an attacker who plants cookies could choose the session of a visitor.
 */
const MAX_CANDIDATES = 3;

/**
 * A request that arrives with the old id this long after a rotation was not under way: its browser missed the response.
 * Longer than requests travel and than the clocks of servers differ, shorter than a visitor waits before the next try.
 */
const ARRIVAL_MARGIN_MS = 10_000;

const ABSENT: SessionPhase = Object.freeze({ kind: 'absent' });

/**
 * Finds the phase of the session behind presented ids.
 *
 * @internal
 */
export class SessionFinder {
  constructor(private readonly settings: CommitSettings) {}

  /** The one live session among the ids that a request presented. */
  among(
    store: VerifiedStore,
    ids: readonly string[],
    requestInfo: RequestInfo,
  ): Promise<SessionPhase> {
    if (ids.length === 1) return this.#presented(store, ids[0]!, requestInfo);
    return this.#amongSeveral(store, ids, requestInfo);
  }

  async #amongSeveral(
    store: VerifiedStore,
    ids: readonly string[],
    requestInfo: RequestInfo,
  ): Promise<SessionPhase> {
    if (ids.length > MAX_CANDIDATES) {
      this.#reportAmbiguity(`${ids.length} different session cookies`);
      return ABSENT;
    }
    const found = await Promise.all(ids.map((id) => this.#presented(store, id, requestInfo)));
    const live = withoutDoubles(found.filter(isLive));
    if (live.length === 1) return live[0]!;
    this.#reportAmbiguity(
      `${ids.length} different session cookies, ${live.length} of them with a live session,`,
    );
    return found.find(({ kind }) => kind === 'rotated-away') ?? ABSENT;
  }

  async #presented(
    store: VerifiedStore,
    id: string,
    requestInfo: RequestInfo,
  ): Promise<SessionPhase> {
    const search = searchFor(id, requestInfo.arrivedAt);
    const phase = await this.#under(store, search);
    if (phase.kind !== 'absent') return phase;
    const { event = { type: 'unknown-id', key: search.key } } = search.reason;
    onBehalfOf(this.settings, requestInfo).emit(event);
    return phase;
  }

  /** The current phase of a request's session after another request has changed it. */
  again(store: VerifiedStore, id: string): Promise<SessionPhase> {
    return this.#under(store, searchFor(id, UNDER_WAY));
  }

  /** As `again`, given the record under the id. */
  found(
    store: VerifiedStore,
    id: string,
    record: SessionRecord,
  ): SessionPhase | Promise<SessionPhase> {
    return this.#behind(store, searchFor(id, UNDER_WAY, record.key), record);
  }

  async #under(store: VerifiedStore, search: Search): Promise<SessionPhase> {
    const { key, reason } = search;
    const record = await store.load(key, (expired) => {
      reason.event = eventAbout('expired', expired);
    });
    return record ? this.#behind(store, search, record) : ABSENT;
  }

  /**
   * The phase, given the record under one of the session's ids: this record, or the one under the id that renewed it.
   */
  #behind(
    store: VerifiedStore,
    search: Search,
    record: SessionRecord,
  ): SessionPhase | Promise<SessionPhase> {
    if (record.kind === 'live') return { kind: 'live', id: search.id, record };
    return this.#behindTombstone(store, search, record);
  }

  async #behindTombstone(
    store: VerifiedStore,
    search: Search,
    record: Tombstone,
  ): Promise<SessionPhase> {
    const { id, arrivedAt } = search;
    if (this.#isLate(record, arrivedAt)) {
      search.reason.event = { type: 'replayed-id', key: search.key };
      return ABSENT;
    }
    if (!record.renewedTo)
      return { kind: 'rotated-away', cameAfter: arrivedAt > rotatedAt(record) };
    const renewed = renewedId(id, record.renewedTo.salt);
    return withPendingCookie(
      await this.#under(store, { ...search, id: renewed, key: storeKeyOf(renewed) }),
    );
  }

  /** Whether a request with an old id came after the old id had become worthless. */
  #isLate(tombstone: Tombstone, arrivedAt: number): boolean {
    const { renewedTo } = tombstone;
    if (!renewedTo) return arrivedAt >= rotatedAt(tombstone) + ARRIVAL_MARGIN_MS;
    const isLate = arrivedAt >= (renewedTo.until ?? Infinity);
    if (isLate) this.#reportLateUse();
    return isLate;
  }

  #reportAmbiguity(presented: string): void {
    this.settings.report(
      `A request brought ${presented} and was treated as anonymous. Another application on a parent domain or path may use the same cookie name; a \`__Host-\` name prevents that.`,
    );
  }

  #reportLateUse(): void {
    this.settings.report(
      'A session id was used after the one that renewed it had been: somebody may have copied the cookie. The request was treated as anonymous.',
    );
  }
}

interface Search {
  readonly id: string;
  readonly key: string;
  readonly arrivedAt: number;
  /** Why the id leads to no session, if known; shared with the search for the new id. */
  readonly reason: { event?: CommitEvent };
}

/** A request that held the session before a rotation arrived before it. */
const UNDER_WAY = -Infinity;

function searchFor(id: string, arrivedAt: number, key = storeKeyOf(id)): Search {
  return { id, key, arrivedAt, reason: {} };
}

function isLive(phase: SessionPhase): phase is LoadedSession {
  return phase.kind === 'live';
}

/** An old and a new id of one session count once, as the new one. */
function withoutDoubles(found: readonly LoadedSession[]): readonly LoadedSession[] {
  const presented = found.filter(({ isCookiePending }) => !isCookiePending);
  const isPresented = ({ id }: LoadedSession) => presented.some((one) => one.id === id);
  return [...presented, ...found.filter((one) => one.isCookiePending && !isPresented(one))];
}
