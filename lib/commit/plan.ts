import type { CookieAction, Intent, SessionPhase } from '../core/session/session-phase.js';

/**
 * Everything that decides the course of a commit.
 *
 * @internal
 */
export interface PlanInput {
  readonly phase: SessionPhase['kind'];
  readonly intent: Intent;
  /** Whether the request signs a user in and came after a rotation that replaced its id. */
  readonly isNewLogin: boolean;
  /**
   * Whether the changes alter the last known record. For a session that was rotated away there is none, so any change
   * counts.
   */
  readonly isChanged: boolean;
  /** Whether the changes give the session another lifetime, which its cookie has to carry. */
  readonly isLifetimeChanged: boolean;
  readonly isTouchDue: boolean;
  readonly isRenewalDue: boolean;
  /** Whether this is the first commit of a request that presented the new id of a renewed session. */
  readonly isRenewalConfirmed: boolean;
}

/**
 * The actions of a commit: one call to the store (a rotation and a renewal take several), then the cookie. `refuse`
 * stores nothing: the session that the request wanted to change has ended meanwhile.
 *
 * @internal
 */
export interface Plan {
  readonly call: 'none' | 'touch' | 'save' | 'create' | 'rotate' | 'renew' | 'delete' | 'refuse';
  readonly cookie: CookieAction;
}

const NOTHING: Plan = { call: 'none', cookie: 'leave' };
const CLEAR: Plan = { call: 'none', cookie: 'clear' };
const CREATE: Plan = { call: 'create', cookie: 'issue' };

/**
 * Decides what happens at the end of a request.
 *
 * @internal
 */
export function planCommit(input: PlanInput): Plan {
  const { phase, isChanged } = input;
  switch (phase) {
    case 'unloaded':
      return NOTHING;
    case 'new':
      return isChanged ? CREATE : NOTHING;
    case 'absent':
    case 'destroyed':
      return isChanged ? CREATE : CLEAR;
    case 'rotated-away':
      return planRotatedAway(input);
    case 'live':
      return planLive(input);
    default:
      return phase satisfies never;
  }
}

/**
 * The response may arrive after the one that brought the new id, so it leaves the cookie alone. A new login is the
 * exception: it needs nothing of the old session, and its browser may never have got the new id.
 */
function planRotatedAway({ intent, isChanged, isNewLogin }: PlanInput): Plan {
  if (isNewLogin) return CREATE;
  return isChanged || intent === 'rotate' ? { call: 'refuse', cookie: 'leave' } : NOTHING;
}

function planLive(input: PlanInput): Plan {
  switch (input.intent) {
    case 'destroy':
      return { call: 'delete', cookie: 'clear' };
    case 'rotate':
      return { call: 'rotate', cookie: 'issue' };
    case 'keep':
      return planKept(input);
    default:
      return input.intent satisfies never;
  }
}

/** The response carries the pending cookie of a renewed session until the browser has presented it. */
function planKept(input: PlanInput): Plan {
  const { isChanged, isLifetimeChanged, isTouchDue, isRenewalDue, isRenewalConfirmed } = input;
  if (isRenewalDue) return { call: 'renew', cookie: 'leave' };
  if (isChanged) return { call: 'save', cookie: isLifetimeChanged ? 'issue' : 'leave' };
  if (isRenewalConfirmed) return { call: 'save', cookie: 'leave' };
  return isTouchDue ? { call: 'touch', cookie: 'leave' } : NOTHING;
}
