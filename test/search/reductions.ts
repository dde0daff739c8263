/** What need not be tried, since each schedule that is left out goes like one that is tried. */
import { type Call, isRead } from './calls.js';
import type { Execution } from './execution.js';
import type { RequestPlan } from './script.js';
import type { SearchRequest } from './search-request.js';

/**
 * The record of a rotation is created under a key that nobody knows before the marker names it, or the answer. So it is all
 * the same when it takes effect before its request goes on, but for those who list the sessions of a user.
 */
export function isUnseen({ name, record, owner }: Call, { requests, isPlain }: Execution): boolean {
  const isOfRotation = record?.kind === 'live' && record.lineage !== undefined;
  const isListed = requests.some(
    (one) => one.name !== owner && !one.isAnswered && one.plan.script.commands.includes('revoke'),
  );
  return !isPlain && name === 'create' && isOfRotation && !isListed;
}

/**
 * Such a creation is followed by the save of the marker, so that it ends no request, and without faults nothing can come of it
 * but that. It commutes with all that others do as long as no time passes, so it is tried first and only (a persistent set).
 */
export function isOfNoConcern(call: Call, execution: Execution): boolean {
  const { calls, faultsLeft } = execution;
  if (call.state !== 'pending' || faultsLeft > 0) return false;
  return calls.all.every(({ state }) => state !== 'hung') && isUnseen(call, execution);
}

/**
 * A write that hung takes effect after some time, or after its request went on without it: before, it is like one that nobody
 * has chosen yet. A read that hung is not answered any more.
 */
export function mayArrive(call: Call, { calls, time, isPlain }: Execution): boolean {
  if (isRead(call)) return false;
  return isPlain || time.now !== call.hungAt || !calls.isLast(call) || !time.owners.has(call.owner);
}

/**
 * A write that hung, whose request went on without it, and that expects a revision that was written over: a revision that is
 * gone does not come back, as each write has one of its own, so the write changes nothing whenever it takes effect.
 */
export function isVain(call: Call, { calls, ledger, requests, isPlain }: Execution): boolean {
  const { state, key, expected, owner } = call;
  if (isPlain || state !== 'hung' || expected === undefined) return false;
  const isLeft =
    !calls.isLast(call) || requests.some((one) => one.name === owner && one.isAnswered);
  if (!isLeft || ledger.load(key)?.revision === expected) return false;
  return ledger.statesSince(key, 0).some((record) => record?.revision === expected);
}

/** Of requests that differ by their names only, the first starts first. */
export function isBarred(request: SearchRequest, { requests }: Execution): boolean {
  const earlier = requests.slice(0, requests.indexOf(request));
  return earlier.some(
    ({ isStarted, plan }) => !isStarted && areAlike(plan, request.plan, requests),
  );
}

function areAlike(
  one: RequestPlan,
  other: RequestPlan,
  requests: readonly SearchRequest[],
): boolean {
  if (one.script !== other.script || one.presents !== other.presents) return false;
  if (one.isDelivered !== other.isDelivered) return false;
  const isAlone = ({ process }: RequestPlan): boolean =>
    requests.filter(({ plan }) => plan.process === process).length === 1;
  return one.process === other.process || (isAlone(one) && isAlone(other));
}
