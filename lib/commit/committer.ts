import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../core/changes.js';
import { pause } from '../core/clock.js';
import { isRenewalDue, isTouchDue } from '../core/lifetime.js';
import { RevisionSource } from '../core/revision.js';
import { commitConflict, headersSent, SessionError, sessionGone } from '../core/session-errors.js';
import type { SessionStore } from '../core/session-store.js';
import {
  asOffered,
  type Committed,
  type Intent,
  isFirstShown,
  isOffered,
  type LiveStanding,
  type SessionBackend,
  type Standing,
  type Work,
} from '../core/standing.js';
import { userIndexOf } from '../core/user-index.js';
import { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';
import { KeyedQueue } from './keyed-queue.js';
import { type Plan, planCommit, type Situation } from './plan.js';
import { SessionFinder } from './session-finder.js';
import { newsOf } from './session-news.js';
import { SessionWriter } from './session-writer.js';

/**
 * Commits of one process queue up, so an attempt is lost to another process only. One that writes the session all the
 * time wins some 4 of 5 attempts from a slower one, which 20 attempts survive 99 times in 100, and 100 practically always.
 */
const MAX_ATTEMPTS = 100;
/** Short, so that all attempts fit into the time for the store. */
const MAX_PAUSE_MS = 16;

/** The changes to make, and what the modification made of the value it found. */
interface Draft {
  readonly changes: Changes;
  readonly value: unknown;
}

/**
 * Brings what a session changed to its store: plans, has the plan carried out, and does so again on the fresh record
 * when another request was first.
 *
 * @internal
 */
export class SessionCommitter implements SessionBackend {
  readonly #queue = new KeyedQueue();
  readonly #finder: SessionFinder;
  /** Those of one key are made one after the other, since its commits queue up. */
  readonly #revisions = new RevisionSource();

  constructor(
    private readonly store: SessionStore,
    private readonly settings: CommitSettings,
  ) {
    if (settings.perUser.max !== Infinity) userIndexOf(store);
    this.#finder = new SessionFinder(settings);
  }

  now(): number {
    return this.settings.clock.now();
  }

  isUpkeepDue(standing: LiveStanding, canIssueCookie: boolean): boolean {
    if (standing.isKeptUp) return false;
    if (isOffered(standing) || isFirstShown(standing)) return true;
    const { isTouchDue, isRenewalDue } = this.#dueOf(standing, canIssueCookie);
    return isTouchDue || isRenewalDue;
  }

  load(ids: readonly string[]): Promise<Standing> {
    return this.#withStore((store) => this.#finder.among(store, ids));
  }

  /** The bound on the store's answers starts here, so that it covers the wait for earlier commits of the session. */
  commit(work: Work): Promise<Committed> {
    const { standing } = work;
    const committed = this.#withStore((store) => {
      if (standing.kind !== 'live') return this.#attempt(store, work);
      return this.#queue.run(standing.record.key, () => this.#attempt(store, work));
    });
    if (standing.kind !== 'live' || !isUpkeep(work)) return committed;
    return committed.catch((error: unknown) => this.#putOff(standing, error));
  }

  /** Nobody who only read is refused because of what the library wanted to write. */
  #putOff(standing: LiveStanding, error: unknown): Committed {
    if (SessionError.is(error, 'SESSION_GONE')) return withoutWork({ kind: 'superseded' });
    this.settings.report('The id of a session could not be renewed.', error);
    return withoutWork({ ...standing, isKeptUp: true });
  }

  /** Tries until no other request was first. Each try applies the same changes to the record as it is by then. */
  async #attempt(store: CertainStore, work: Work): Promise<Committed> {
    let { standing, isFresh } = work;
    const writer = new SessionWriter(store, this.settings, this.#revisions);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const draft = draftOn(standing, work);
      const plan = planCommit(this.#situation(standing, work, draft));
      if (plan.cookie === 'issue' && !work.canIssueCookie) throw headersSent();
      if (isFresh || !seemsIdle(plan, draft, standing)) {
        const next = await writer.carryOut(plan, standing, draft.changes);
        if (next) {
          for (const news of newsOf(plan.call, standing, next)) this.settings.tell(news);
          return { standing: keptUp(next), cookie: plan.cookie, value: draft.value };
        }
        await this.#pause(attempt);
      }
      standing = await this.#lookAgain(store, standing, work.intent);
      isFresh = true;
    }
    throw commitConflict(work.changes.keys, MAX_ATTEMPTS);
  }

  #situation(standing: Standing, work: Work, { changes }: Draft): Situation {
    const { intent, canIssueCookie } = work;
    if (standing.kind !== 'live') {
      return { standing: standing.kind, intent, isChanged: changes.isWorthARecord, ...NOTHING_DUE };
    }
    const { record } = standing;
    return {
      standing: 'live',
      intent,
      isChanged: changes.alters(record),
      isLifetimeChanged: !isDeepStrictEqual(changes.lifetimeIn(record), record.lifetime),
      isFirstShown: isFirstShown(standing),
      ...this.#dueOf(standing, canIssueCookie),
    };
  }

  #dueOf(
    standing: LiveStanding,
    canIssueCookie: boolean,
  ): Pick<Situation, 'isTouchDue' | 'isRenewalDue'> {
    const { lifetimes } = this.settings;
    const { record } = standing;
    const now = this.now();
    return {
      isTouchDue: isTouchDue(lifetimes, record, now),
      isRenewalDue: canIssueCookie && !isOffered(standing) && isRenewalDue(lifetimes, record, now),
    };
  }

  /**
   * The session as it is now. One that was alive and is not any more is not replaced by a new one: it has ended. Who
   * wants to end it is not told so.
   */
  async #lookAgain(store: CertainStore, standing: Standing, intent: Intent): Promise<Standing> {
    if (standing.kind !== 'live') return standing;
    const now = asOffered(await this.#finder.under(store, standing.id), standing);
    if (now.kind !== 'live' && intent !== 'destroy') throw sessionGone();
    return now;
  }

  #pause(attempt: number): Promise<void> {
    return pause(this.settings.clock, Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS));
  }

  #withStore<T>(task: (store: CertainStore) => Promise<T>): Promise<T> {
    return CertainStore.during(this.store, this.settings, task);
  }
}

const NOTHING_DUE = Object.freeze({
  isLifetimeChanged: false,
  isTouchDue: false,
  isRenewalDue: false,
  isFirstShown: false,
});

function draftOn(standing: Standing, { changes, modification }: Work): Draft {
  if (!modification) return { changes, value: undefined };
  const { key, compute } = modification;
  const value = compute(changes.valueIn(standing.kind === 'live' ? standing.record.data : {}, key));
  return { changes: changes.with(key, value), value };
}

/**
 * Whether the record as last seen makes changes look needless, or a cookie worth offering. It may be out of date: another
 * request may have written what this one would overwrite, or given the browser a better cookie.
 */
function seemsIdle({ call }: Plan, { changes }: Draft, standing: Standing): boolean {
  return (isOffered(standing) || !changes.isEmpty) && (call === 'none' || call === 'touch');
}

/** Whether the library wants to write, and the request does not. */
function isUpkeep({ intent, changes, modification }: Work): boolean {
  return intent === 'keep' && changes.isEmpty && !modification;
}

function keptUp(standing: Standing): Standing {
  return isOffered(standing) ? { ...standing, isKeptUp: true } : standing;
}

function withoutWork(standing: Standing): Committed {
  return { standing, cookie: 'leave', value: undefined };
}
