import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../core/session/changes.js';
import { backOff } from '../core/options/clock.js';
import { isRenewalDue, isTouchDue } from '../core/options/deadlines.js';
import { bearsRevision, type RevisionSource } from '../core/record/revision.js';
import { commitConflict, headersSent, sessionGone } from '../core/errors/session-errors.js';
import type { LiveRecord, SessionRecord } from '../core/record/session-record.js';
import {
  keepPendingCookie,
  isRenewalConfirmed,
  isCookiePending,
  type LoadedSession,
  type CommitRequest,
  type CommitResult,
  type SessionPhase,
} from '../core/session/session-phase.js';
import type { VerifiedStore } from './verified-store.js';
import { onBehalfOf, type CommitSettings } from './commit-settings.js';
import { joinChanges } from './joined-changes.js';
import type { PendingCommit } from './pending-commit.js';
import { type Plan, planCommit, type PlanInput } from './plan.js';
import type { SessionFinder } from './session-finder.js';
import { eventsOf } from './commit-events.js';
import { SessionWriter } from './session-writer.js';

/**
 * Commits of one process queue up, so an attempt is lost only to another process. A process that writes the session all
 * the time wins about 4 of 5 attempts from a slower one. 20 attempts survive that 99 times in 100, and 100 practically
 * always.
 */
const MAX_ATTEMPTS = 100;
/** Short, so that all attempts fit into the time for the store. */
const MAX_PAUSE_MS = 16;

/** The starting point of a commit. */
interface Start {
  readonly phase: SessionPhase;
  /** Whether the record was loaded for this very commit, so that "nothing to change" can be trusted. */
  readonly isFresh: boolean;
}

/**
 * Plans a commit, has the plan carried out, and repeats both on the fresh record if another request was first.
 *
 * @internal
 */
export class CommitAttempts {
  constructor(
    private readonly settings: CommitSettings,
    private readonly finder: SessionFinder,
    private readonly revisions: RevisionSource,
  ) {}

  isMaintenanceDue(phase: LoadedSession, canIssueCookie: boolean): boolean {
    if (phase.isMaintained) return false;
    if (isCookiePending(phase) || isRenewalConfirmed(phase)) return true;
    const { isTouchDue, isRenewalDue } = this.#dueOf(phase, canIssueCookie);
    return isTouchDue || isRenewalDue;
  }

  /**
   * Repeats until no other request was first. Each attempt applies the same changes to the record in its latest state.
   * Resolves to the answer for each of the requests.
   */
  async make(
    store: VerifiedStore,
    requests: readonly CommitRequest[],
    start: Start,
  ): Promise<CommitResult[]> {
    // It stands for all: requests join it only if they differ in nothing but their values.
    const [request] = requests as readonly [CommitRequest];
    const settings = onBehalfOf(this.settings, request.requestInfo);
    const writer = new SessionWriter(store, settings, this.revisions, request.newId);
    let { phase, isFresh } = start;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { changes, values } = joinChanges(requests, phase);
      const plan = planCommit(this.#inputFor(phase, request, changes));
      if (plan.cookie === 'issue' && !request.canIssueCookie) throw headersSent();
      let found: SessionRecord | undefined;
      if (isFresh || !seemsIdle(plan, changes, phase)) {
        const next = await writer.carryOut(plan, phase, changes);
        if (next.kind !== 'overtaken') {
          for (const event of eventsOf(plan.call, phase, next)) settings.emit(event);
          return values.map((value) => ({ phase: maintained(next), cookie: plan.cookie, value }));
        }
        if (attempt === 0) found = next.found;
        else await backOff(this.settings.clock, attempt, MAX_PAUSE_MS);
      }
      phase = await this.#lookAgain(store, { phase, found }, request);
      isFresh = true;
    }
    throw commitConflict(request.changes.keys, MAX_ATTEMPTS);
  }

  #inputFor(phase: SessionPhase, request: CommitRequest, changes: Changes): PlanInput {
    const { intent, canIssueCookie } = request;
    if (phase.kind !== 'live') {
      const isNewLogin =
        phase.kind === 'rotated-away' &&
        phase.cameAfter &&
        intent === 'rotate' &&
        changes.areSigningIn;
      const isChanged = isToBeStored(changes, phase);
      return { ...NOTHING_DUE, phase: phase.kind, intent, isNewLogin, isChanged };
    }
    const { record } = phase;
    return {
      phase: 'live',
      intent,
      isNewLogin: false,
      isChanged: changes.alters(record),
      isLifetimeChanged: !isDeepStrictEqual(changes.lifetimeIn(record), record.lifetime),
      isRenewalConfirmed: isRenewalConfirmed(phase),
      ...this.#dueOf(phase, canIssueCookie),
    };
  }

  #dueOf(
    phase: LoadedSession,
    canIssueCookie: boolean,
  ): Pick<PlanInput, 'isTouchDue' | 'isRenewalDue'> {
    const { lifetimes, clock } = this.settings;
    const { record } = phase;
    const now = clock.now();
    return {
      isTouchDue: isTouchDue(lifetimes, record, now),
      isRenewalDue:
        canIssueCookie && !isCookiePending(phase) && isRenewalDue(lifetimes, record, now),
    };
  }

  /**
   * The current phase of the session. A new session never replaces one that was live and has ended. A request that
   * wants to end it has nothing left to do.
   */
  async #lookAgain(
    store: VerifiedStore,
    { phase, found }: { phase: SessionPhase; found: SessionRecord | undefined },
    { intent }: CommitRequest,
  ): Promise<SessionPhase> {
    if (phase.kind !== 'live') return phase;
    const { id } = phase;
    const now = keepPendingCookie(
      await (found ? this.finder.found(store, id, found) : this.finder.again(store, id)),
      phase,
    );
    if (now.kind !== 'live' && intent !== 'destroy') throw sessionGone();
    return now;
  }
}

/**
 * The starting point of commits that are carried out together. The record that the previous commit left is at hand,
 * unless the first of them has loaded a newer one.
 *
 * @internal
 */
export function startOf(commits: readonly PendingCommit[], latest: LiveRecord | undefined): Start {
  const { phase, isFresh } = commits[0]!.request;
  const { record } = phase;
  const isNewer = latest?.key === record.key && !bearsRevision(record, latest.revision);
  if (isNewer) return { phase: { ...phase, record: latest }, isFresh: false };
  return { phase, isFresh: isFresh && commits.length === 1 };
}

const NOTHING_DUE = Object.freeze({
  isLifetimeChanged: false,
  isTouchDue: false,
  isRenewalDue: false,
  isRenewalConfirmed: false,
});

/**
 * Whether, by the last known record, the changes look needless or a pending cookie looks safe to send. That record may
 * be out of date: another request may have written what this one would overwrite, or sent the browser a better cookie.
 */
function seemsIdle({ call }: Plan, changes: Changes, phase: SessionPhase): boolean {
  return (isCookiePending(phase) || !changes.isEmpty) && (call === 'none' || call === 'touch');
}

/**
 * Whether the changes require a stored record when none is at hand. A session that was rotated away lives on, and may
 * well hold the values that the request removes, so any change to it counts.
 */
function isToBeStored(changes: Changes, { kind }: SessionPhase): boolean {
  return kind === 'rotated-away' ? !changes.isEmpty : changes.isWorthARecord;
}

function maintained(phase: SessionPhase): SessionPhase {
  return isCookiePending(phase) ? { ...phase, isMaintained: true } : phase;
}
