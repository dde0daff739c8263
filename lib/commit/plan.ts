import type { CookieAction, Intent, Standing } from '../core/standing.js';

/**
 * All that decides how a commit goes.
 *
 * @internal
 */
export interface Situation {
  readonly standing: Standing['kind'];
  readonly intent: Intent;
  /** Whether the request signs a user in and came after a rotation that left its id behind. */
  readonly isNewLogin: boolean;
  /** Whether the changes make the session another than the record, as last seen, is. */
  readonly isChanged: boolean;
  /** Whether the changes give the session another lifetime, which its cookie tells the browser. */
  readonly isLifetimeChanged: boolean;
  readonly isTouchDue: boolean;
  readonly isRenewalDue: boolean;
  /** Whether this is the first commit of a request that presented the new id of a renewed session. */
  readonly isFirstShown: boolean;
}

/**
 * What a commit does: one call to the store (a rotation and a renewal take several), then the cookie. `refuse` stores
 * nothing: what the request wanted to change has ended meanwhile.
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
 * The table of what happens at the end of a request, as a function.
 *
 * @internal
 */
export function planCommit(situation: Situation): Plan {
  const { standing, isChanged } = situation;
  switch (standing) {
    case 'unloaded':
      return NOTHING;
    case 'new':
      return isChanged ? CREATE : NOTHING;
    case 'absent':
    case 'destroyed':
      return isChanged ? CREATE : CLEAR;
    case 'superseded':
      return planRotatedAway(situation);
    case 'live':
      return planLive(situation);
    default:
      return standing satisfies never;
  }
}

/**
 * The response may arrive after the one that brought the new id, so it leaves the cookie alone. A new login is the
 * exception: it needs nothing of the old session, and its browser may never have got the new id.
 */
function planRotatedAway({ intent, isChanged, isNewLogin }: Situation): Plan {
  if (isNewLogin) return CREATE;
  return isChanged || intent === 'rotate' ? { call: 'refuse', cookie: 'leave' } : NOTHING;
}

function planLive(situation: Situation): Plan {
  switch (situation.intent) {
    case 'destroy':
      return { call: 'delete', cookie: 'clear' };
    case 'rotate':
      return { call: 'rotate', cookie: 'issue' };
    case 'keep':
      return planKept(situation);
    default:
      return situation.intent satisfies never;
  }
}

/** The cookie of a renewed session goes with where it then stands, for as long as the browser has not shown it. */
function planKept(situation: Situation): Plan {
  const { isChanged, isLifetimeChanged, isTouchDue, isRenewalDue, isFirstShown } = situation;
  if (isRenewalDue) return { call: 'renew', cookie: 'leave' };
  if (isChanged) return { call: 'save', cookie: isLifetimeChanged ? 'issue' : 'leave' };
  if (isFirstShown) return { call: 'save', cookie: 'leave' };
  return isTouchDue ? { call: 'touch', cookie: 'leave' } : NOTHING;
}
