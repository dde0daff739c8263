import { type Call, type FaultKind, isRead } from './calls.js';
import { event, type SearchEvent } from './event.js';
import type { Execution } from './execution.js';
import { isBarred, isOfNoConcern, isUnseen, mayArrive } from './reductions.js';
import type { SearchRequest } from './search-request.js';

/**
 * All that may happen next in an execution. A request begins with its first call: one that began earlier, and loads later,
 * presents the id that the browser had before.
 */
export function eventsOf(execution: Execution): SearchEvent[] {
  const { calls, requests } = execution;
  const first = calls.all.find(({ number, state }) => number === 1 && state === 'pending');
  if (first) return eventsOfCall(execution, first);
  const own = calls.all.find((call) => isOfNoConcern(call, execution));
  if (own) return eventsOfCall(execution, own);
  const events = [
    ...requests.filter((request) => mayStart(request, execution)).map(startOf(execution)),
    ...calls.all.flatMap((call) => eventsOfCall(execution, call)),
    ...requests.flatMap((request) => eventsOfRequest(execution, request)),
  ];
  for (const owner of waitingForTime(execution, events))
    events.push(event(`the time of ${owner} is up`, 0, () => execution.tick(owner)));
  return [...events, ...timesOf(execution)];
}

function eventsOfCall(execution: Execution, call: Call): SearchEvent[] {
  const { scenario, faultsLeft } = execution;
  const answer = (what: string, hasEffect = true): SearchEvent => {
    return { what, faults: 0, happen: () => execution.answer(call), call, hasEffect };
  };
  if (call.state === 'answered') return [answer(': its answer', false)];
  if (call.state === 'hung') return mayArrive(call, execution) ? [answer(' at last')] : [];
  const disturbed = (kind: FaultKind): SearchEvent => {
    const hasEffect = kind === 'lost after' || kind === 'twice';
    const happen = () => execution.disturb(call, kind);
    return { what: `: ${kind}`, faults: 1, happen, call, hasEffect };
  };
  const kinds = faultsLeft > 0 ? scenario.kinds.filter((kind) => isWorse(kind, call)) : [];
  return [
    isSplit(execution, call)
      ? { ...answer(' happens'), happen: () => execution.take(call) }
      : answer(''),
    ...kinds.map(disturbed),
  ];
}

/**
 * In a process with other requests it matters when a write is answered. Elsewhere a late answer is as good as a call that
 * takes effect late.
 */
function isSplit(execution: Execution, call: Call): boolean {
  if (isRead(call) || isUnseen(call, execution)) return false;
  const alive = execution.requests.filter(
    ({ plan, isAnswered }) => plan.process === call.process && !isAnswered,
  );
  return alive.length > 1;
}

function mayStart(request: SearchRequest, execution: Execution): boolean {
  return !request.isStarted && !isBarred(request, execution);
}

function startOf(execution: Execution): (request: SearchRequest) => SearchEvent {
  return (request) => ({
    ...event(`${request.name} starts`, 0, () => execution.start(request)),
    start: { process: request.plan.process, key: execution.browser.keyFor(request) },
  });
}

function eventsOfRequest(execution: Execution, request: SearchRequest): SearchEvent[] {
  const { name } = request;
  const does = (what: string, task: () => void): SearchEvent =>
    event(what, 0, () => {
      execution.note(name, { text: what });
      task();
    });
  return [
    ...(request.isAtWork ? [does(`${name} goes on`, () => request.goOn())] : []),
    ...(request.mayLeave ? [does(`the client of ${name} leaves`, () => request.leave())] : []),
  ];
}

/** Whose time may pass: while calls are answered, it matters to nobody. */
function waitingForTime(
  { isDone, time, calls }: Execution,
  events: readonly SearchEvent[],
): readonly string[] {
  if (isDone) return [];
  const { owners } = time;
  const hanging = calls.all.filter(
    (call) => call.state === 'hung' && calls.isLast(call) && owners.has(call.owner),
  );
  if (hanging.length > 0) return [...new Set(hanging.map(({ owner }) => owner))];
  return events.length === 0 ? [...owners] : [];
}

function timesOf(execution: Execution): SearchEvent[] {
  const { faultsLeft, isDone, scenario } = execution;
  if (faultsLeft === 0 || isDone) return [];
  const processes = [...new Set(execution.requests.map(({ plan }) => plan.process))];
  return [
    ...scenario.jumpsMs.map((ms) => event(`${ms / 1_000} s pass`, 1, () => execution.jump(ms))),
    ...processes.flatMap((process) =>
      scenario.skewsMs.map((ms) =>
        event(`clock ${process} steps by ${ms / 1_000} s`, 1, () => execution.step(process, ms)),
      ),
    ),
  ];
}

/** A read that is lost after it happened is lost; a second one is the first. */
function isWorse(kind: FaultKind, call: Call): boolean {
  return !isRead(call) || kind === 'lost before' || kind === 'late';
}
