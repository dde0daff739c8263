import { renewedId, storeKeyOf } from '../core/session-id.js';
import type { RotationMarker, SessionRecord } from '../core/session-record.js';
import type { Asker, LiveStanding, Standing } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import { askedBy, type CommitSettings } from './commit-settings.js';
import { rotatedAt } from './next-record.js';
import { newsAbout, type SessionNews } from './session-news.js';

/**
 * Upper bound on the ids looked up per request, since each costs a store call. A request with more ids
 * is anonymous: if some were left out, an attacker who plants cookies could choose the session of a visitor.
 */
const MAX_CANDIDATES = 3;

/**
 * A request that arrives this long after a rotation, with the old id, was not under way: its browser missed the response.
 * Longer than requests travel and than the clocks of servers differ, shorter than a visitor waits before the next try.
 */
const ARRIVAL_MARGIN_MS = 10_000;

const ABSENT: Standing = Object.freeze({ kind: 'absent' });

/** Takes the reason why an id leads to no session. */
type Explain = (news: SessionNews) => void;

/**
 * Finds out where the session stands that ids lead to.
 *
 * @internal
 */
export class SessionFinder {
  constructor(private readonly settings: CommitSettings) {}

  /** The one live session among the ids that a request presented. */
  async among(store: CertainStore, ids: readonly string[], asker: Asker): Promise<Standing> {
    if (ids.length === 1) return this.#presented(store, ids[0]!, asker);
    if (ids.length > MAX_CANDIDATES) {
      this.#reportAmbiguity(`${ids.length} different session cookies`);
      return ABSENT;
    }
    const found = await Promise.all(ids.map((id) => this.#presented(store, id, asker)));
    const live = withoutDoubles(found.filter(isLive));
    if (live.length === 1) return live[0]!;
    this.#reportAmbiguity(
      `${ids.length} different session cookies, ${live.length} of them with a live session,`,
    );
    return found.find(({ kind }) => kind === 'superseded') ?? ABSENT;
  }

  async #presented(store: CertainStore, id: string, asker: Asker): Promise<Standing> {
    let news: SessionNews = { type: 'unknown-id', key: storeKeyOf(id) };
    const { arrivedAt } = asker;
    const search = { id, arrivedAt, explain: (reason: SessionNews) => void (news = reason) };
    const standing = await this.#under(store, search);
    if (standing.kind === 'absent') askedBy(this.settings, asker).tell(news);
    return standing;
  }

  /** Where the session of a request under way stands now that another request has changed it. */
  again(store: CertainStore, id: string): Promise<Standing> {
    return this.#under(store, underWay(id));
  }

  /** The same, given what is stored under the id. */
  found(store: CertainStore, id: string, record: SessionRecord): Promise<Standing> {
    return this.#behind(store, underWay(id), record);
  }

  async #under(store: CertainStore, search: Search): Promise<Standing> {
    const { id, explain } = search;
    const record = await store.load(storeKeyOf(id), (expired) =>
      explain(newsAbout('expired', expired)),
    );
    return record ? this.#behind(store, search, record) : ABSENT;
  }

  /** Where a session stands, given the record under one of its ids: it is there, or under the id that renewed it. */
  async #behind(store: CertainStore, search: Search, record: SessionRecord): Promise<Standing> {
    const { id, arrivedAt } = search;
    if (record.kind === 'live') return { kind: 'live', id, record };
    if (this.#isLate(record, arrivedAt)) {
      search.explain({ type: 'old-id', key: storeKeyOf(id) });
      return ABSENT;
    }
    if (!record.successor) return { kind: 'superseded', cameAfter: arrivedAt > rotatedAt(record) };
    return offered(
      await this.#under(store, { ...search, id: renewedId(id, record.successor.salt) }),
    );
  }

  /** Whether a request with the old id of a session came so late that the old id is worth nothing. */
  #isLate(marker: RotationMarker, arrivedAt: number): boolean {
    const { successor } = marker;
    if (!successor) return arrivedAt >= rotatedAt(marker) + ARRIVAL_MARGIN_MS;
    const isLate = arrivedAt >= (successor.until ?? Infinity);
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
  readonly arrivedAt: number;
  readonly explain: Explain;
}

/** A request that held the session before the rotation arrived before it. */
function underWay(id: string): Search {
  return { id, arrivedAt: -Infinity, explain: () => undefined };
}

/** A session under an id that the browser has not presented yet. */
function offered(standing: Standing): Standing {
  return standing.kind === 'live' ? { ...standing, isOffered: true } : standing;
}

function isLive(standing: Standing): standing is LiveStanding {
  return standing.kind === 'live';
}

/** An old and a new id of one session count once, as the new one. */
function withoutDoubles(found: readonly LiveStanding[]): readonly LiveStanding[] {
  const shown = found.filter(({ isOffered }) => !isOffered);
  const isShown = ({ id }: LiveStanding) => shown.some((one) => one.id === id);
  return [...shown, ...found.filter((one) => one.isOffered && !isShown(one))];
}
