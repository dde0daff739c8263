import { renewedId, storeKeyOf } from '../core/session-id.js';
import type { RotationMarker, SessionRecord } from '../core/session-record.js';
import type { LiveStanding, Standing } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import { rotatedAt } from './next-record.js';
import { newsAbout, type SessionNews } from './session-news.js';

/**
 * Upper bound on the ids looked up per request, since each costs a store call. Of more, none is looked up: by leaving some
 * out, whoever plants cookies could choose the session of a visitor.
 */
const MAX_CANDIDATES = 3;

/**
 * A request that arrives this long after a rotation, with the old id, was not under way: its browser missed the response.
 * Longer than requests travel and than the clocks of servers differ, shorter than a visitor waits before the next try.
 */
const ARRIVAL_MARGIN_MS = 10_000;

const ABSENT: Standing = Object.freeze({ kind: 'absent' });
const SUPERSEDED: Standing = Object.freeze({ kind: 'superseded' });

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
  async among(store: CertainStore, ids: readonly string[], arrivedAt: number): Promise<Standing> {
    if (ids.length === 1) return this.#presented(store, ids[0]!, arrivedAt);
    if (ids.length > MAX_CANDIDATES) {
      this.#reportAmbiguity(`${ids.length} different session cookies`);
      return ABSENT;
    }
    const found = await Promise.all(ids.map((id) => this.#presented(store, id, arrivedAt)));
    const live = withoutDoubles(found.filter(isLive));
    if (live.length === 1) return live[0]!;
    this.#reportAmbiguity(
      `${ids.length} different session cookies, ${live.length} of them with a live session,`,
    );
    return found.find(({ kind }) => kind === 'superseded') ?? ABSENT;
  }

  async #presented(store: CertainStore, id: string, arrivedAt: number): Promise<Standing> {
    const key = storeKeyOf(id);
    let news: SessionNews = { type: 'unknown-id', key };
    const explain: Explain = (reason) => (news = reason);
    const record = await store.load(key, (expired) => explain(newsAbout('expired', expired)));
    const isLate = record?.kind === 'marker' && this.#isLate(record, arrivedAt);
    if (isLate) explain({ type: 'old-id', key });
    const standing = isLate ? ABSENT : await this.#behind(store, { id, record, explain });
    if (standing.kind === 'absent') this.settings.tell(news);
    return standing;
  }

  /** Where the session of a request under way stands now that another request has changed it. */
  async again(store: CertainStore, id: string): Promise<Standing> {
    return this.found(store, id, await store.load(storeKeyOf(id)));
  }

  /** The same, given what is stored under the id. */
  found(store: CertainStore, id: string, record: SessionRecord | undefined): Promise<Standing> {
    return this.#behind(store, { id, record, explain: () => undefined });
  }

  /** Where a session stands, given what is stored under one of its ids: it is there, or under the id that renewed it. */
  async #behind(store: CertainStore, { id, record, explain }: Found): Promise<Standing> {
    if (!record) return ABSENT;
    if (record.kind === 'live') return { kind: 'live', id, record };
    if (!record.successor) return SUPERSEDED;
    const newId = renewedId(id, record.successor.salt);
    const renewed = await store.load(storeKeyOf(newId), (expired) =>
      explain(newsAbout('expired', expired)),
    );
    return offered(newId, renewed);
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

interface Found {
  readonly id: string;
  readonly record: SessionRecord | undefined;
  readonly explain: Explain;
}

/** A session under an id that the browser has not presented yet. */
function offered(id: string, record: SessionRecord | undefined): Standing {
  if (!record) return ABSENT;
  return record.kind === 'live' ? { kind: 'live', id, record, isOffered: true } : SUPERSEDED;
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
