import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../core/changes.js';
import { pause } from '../core/clock.js';
import { isRenewalDue, isTouchDue } from '../core/lifetime.js';
import { bearsRevision, type RevisionSource } from '../core/revision.js';
import { commitConflict, headersSent, sessionGone } from '../core/session-errors.js';
import type { LiveRecord, SessionRecord } from '../core/session-record.js';
import {
  asOffered,
  isFirstShown,
  isOffered,
  type LiveStanding,
  type Standing,
  type Work,
} from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import { askedBy, type CommitSettings } from './commit-settings.js';
import type { Draft, Outcome } from './draft.js';
import type { PendingCommit } from './pending-commit.js';
import { type Plan, planCommit, type Situation } from './plan.js';
import type { SessionFinder } from './session-finder.js';
import { newsOf } from './session-news.js';
import { SessionWriter } from './session-writer.js';

/**
 * Commits of one process queue up, so an attempt is lost to another process only. One that writes the session all the
 * time wins some 4 of 5 attempts from a slower one, which 20 attempts survive 99 times in 100, and 100 practically always.
 */
const MAX_ATTEMPTS = 100;
/** Short, so that all attempts fit into the time for the store. */
const MAX_PAUSE_MS = 16;

/** What a commit begins with. */
interface Start {
  readonly standing: Standing;
  /** Whether the record was loaded for this very commit, so that "nothing to change" can be trusted. */
  readonly isFresh: boolean;
}

/**
 * Plans a commit, has the plan carried out, and does so again on the fresh record when another request was first.
 *
 * @internal
 */
export class CommitAttempts {
  constructor(
    private readonly settings: CommitSettings,
    private readonly finder: SessionFinder,
    private readonly revisions: RevisionSource,
  ) {}

  isUpkeepDue(standing: LiveStanding, canIssueCookie: boolean): boolean {
    if (standing.isKeptUp) return false;
    if (isOffered(standing) || isFirstShown(standing)) return true;
    const { isTouchDue, isRenewalDue } = this.#dueOf(standing, canIssueCookie);
    return isTouchDue || isRenewalDue;
  }

  /** Tries until no other request was first. Each try applies the same changes to the record as it is by then. */
  async make(store: CertainStore, draft: Draft, start: Start): Promise<Outcome> {
    const { work } = draft;
    const settings = askedBy(this.settings, work.asker);
    const writer = new SessionWriter(store, settings, this.revisions, work.newId);
    let { standing, isFresh } = start;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const changes = draft.on(standing);
      const plan = planCommit(this.#situation(standing, work, changes));
      if (plan.cookie === 'issue' && !work.canIssueCookie) throw headersSent();
      let found: SessionRecord | undefined;
      if (isFresh || !seemsIdle(plan, changes, standing)) {
        const next = await writer.carryOut(plan, standing, changes);
        if (next.kind !== 'overtaken') {
          for (const news of newsOf(plan.call, standing, next)) settings.tell(news);
          return { standing: keptUp(next), cookie: plan.cookie };
        }
        if (attempt === 0) found = next.found;
        else await this.#pause(attempt);
      }
      standing = await this.#lookAgain(store, { standing, found }, work);
      isFresh = true;
    }
    throw commitConflict(work.changes.keys, MAX_ATTEMPTS);
  }

  #situation(standing: Standing, work: Work, changes: Changes): Situation {
    const { intent, canIssueCookie } = work;
    if (standing.kind !== 'live') {
      const isNewLogin =
        standing.kind === 'superseded' &&
        standing.cameAfter &&
        intent === 'rotate' &&
        changes.areSigningIn;
      const isChanged = changes.isWorthARecord;
      return { ...NOTHING_DUE, standing: standing.kind, intent, isNewLogin, isChanged };
    }
    const { record } = standing;
    return {
      standing: 'live',
      intent,
      isNewLogin: false,
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
    const { lifetimes, clock } = this.settings;
    const { record } = standing;
    const now = clock.now();
    return {
      isTouchDue: isTouchDue(lifetimes, record, now),
      isRenewalDue: canIssueCookie && !isOffered(standing) && isRenewalDue(lifetimes, record, now),
    };
  }

  /**
   * The session as it is now. One that was alive and is not any more is not replaced by a new one: it has ended. A request
   * that wants to end it is content.
   */
  async #lookAgain(
    store: CertainStore,
    { standing, found }: { standing: Standing; found: SessionRecord | undefined },
    { intent }: Work,
  ): Promise<Standing> {
    if (standing.kind !== 'live') return standing;
    const { id } = standing;
    const now = asOffered(
      await (found ? this.finder.found(store, id, found) : this.finder.again(store, id)),
      standing,
    );
    if (now.kind !== 'live' && intent !== 'destroy') throw sessionGone();
    return now;
  }

  #pause(attempt: number): Promise<void> {
    return pause(this.settings.clock, Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS));
  }
}

/**
 * What commits begin with that are carried out together. The record that the commit before them left is at hand, unless
 * the first of them has loaded a newer one.
 *
 * @internal
 */
export function startOf(commits: readonly PendingCommit[], latest: LiveRecord | undefined): Start {
  const { standing, isFresh } = commits[0]!.work;
  const { record } = standing;
  const isNewer = latest?.key === record.key && !bearsRevision(record, latest.revision);
  if (isNewer) return { standing: { ...standing, record: latest }, isFresh: false };
  return { standing, isFresh: isFresh && commits.length === 1 };
}

const NOTHING_DUE = Object.freeze({
  isLifetimeChanged: false,
  isTouchDue: false,
  isRenewalDue: false,
  isFirstShown: false,
});

/**
 * Whether the record as last seen makes changes look needless, or a cookie worth offering. It may be out of date: another
 * request may have written what this one would overwrite, or given the browser a better cookie.
 */
function seemsIdle({ call }: Plan, changes: Changes, standing: Standing): boolean {
  return (isOffered(standing) || !changes.isEmpty) && (call === 'none' || call === 'touch');
}

function keptUp(standing: Standing): Standing {
  return isOffered(standing) ? { ...standing, isKeptUp: true } : standing;
}
