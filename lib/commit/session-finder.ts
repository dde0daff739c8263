import { renewedId, storeKeyOf } from '../core/session-id.js';
import type { LiveRecord, SessionRecord, Successor } from '../core/session-record.js';
import type { LiveStanding, Standing } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import { newsAbout, type SessionNews } from './session-news.js';

/**
 * So many ids of one request are looked up; a store call each is what a stranger can make us spend. Of more, none is:
 * by leaving some out, whoever plants cookies could choose the session of a visitor.
 */
const MAX_CANDIDATES = 3;

const ABSENT: Standing = Object.freeze({ kind: 'absent' });
const SUPERSEDED: Standing = Object.freeze({ kind: 'superseded' });

/**
 * Finds out where the session stands that ids lead to.
 *
 * @internal
 */
export class SessionFinder {
  constructor(private readonly settings: CommitSettings) {}

  /** The one live session among the ids that a request presented. */
  async among(store: CertainStore, ids: readonly string[]): Promise<Standing> {
    if (ids.length === 1) return this.#shown(store, ids[0]!);
    if (ids.length > MAX_CANDIDATES) {
      this.#reportAmbiguity(`${ids.length} different session cookies`);
      return ABSENT;
    }
    const found = await Promise.all(ids.map((id) => this.#shown(store, id)));
    const live = withoutDoubles(found.filter(isLive));
    if (live.length === 1) return live[0]!;
    this.#reportAmbiguity(
      `${ids.length} different session cookies, ${live.length} of them with a live session,`,
    );
    return found.find(({ kind }) => kind === 'superseded') ?? ABSENT;
  }

  async #shown(store: CertainStore, id: string): Promise<Standing> {
    let news: SessionNews = { type: 'unknown-id', key: storeKeyOf(id) };
    const standing = await this.under(store, id, (record) => {
      news = newsAbout('expired', record);
    });
    if (standing.kind === 'absent') this.settings.tell(news);
    return standing;
  }

  /** Where the session stands that an id leads to. */
  async under(
    store: CertainStore,
    id: string,
    whenExpired?: (record: LiveRecord) => void,
  ): Promise<Standing> {
    const record = await store.load(storeKeyOf(id), whenExpired);
    if (!record) return ABSENT;
    if (record.kind === 'live') return { kind: 'live', id, record };
    const newId = record.successor && this.#idAfter(id, record.successor);
    if (newId === undefined) return SUPERSEDED;
    return offered(newId, await store.load(storeKeyOf(newId), whenExpired));
  }

  /** The id that renewed an old one, as long as the old one leads to it. */
  #idAfter(oldId: string, { salt, until = Infinity }: Successor): string | undefined {
    if (this.settings.clock.now() < until) return renewedId(oldId, salt);
    this.#reportLateUse(oldId);
    return undefined;
  }

  #reportAmbiguity(presented: string): void {
    this.settings.report(
      `A request brought ${presented} and was treated as anonymous. Another application on a parent domain or path may use the same cookie name; a \`__Host-\` name prevents that.`,
    );
  }

  #reportLateUse(oldId: string): void {
    this.settings.tell({ type: 'old-id', key: storeKeyOf(oldId) });
    this.settings.report(
      'A session id was used after the one that renewed it had been: somebody may have copied the cookie. The request was treated as anonymous.',
    );
  }
}

/** A session under an id that the browser has not shown yet. */
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
