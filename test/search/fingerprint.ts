import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { CanonicalText, hashed } from './canonical-text.js';
import type { Execution } from './execution.js';
import { mayArrive } from './reductions.js';
import type { SearchRequest } from './search-request.js';

/**
 * The same for executions that go on alike, and are judged alike in the end, but for how much may still go wrong. What a
 * request does next follows from all that came to it; what requests of one process have in common is who waits for whom; and
 * the store is what was under each key.
 */
export function fingerprintOf(execution: Execution): number {
  const { browser, calls, ids, processes, requests, time, verdicts } = execution;
  const text = new CanonicalText();
  if (execution.isPlain && !execution.isDone) text.add(execution.faultsLeft);
  text.add(time.now).add(execution.jumpedMs).add(execution.skewedMs).add(verdicts.breaches.join());
  for (const { clock } of processes) text.add(clock.skewMs);
  text.token(browser.cookie && storeKeyOf(browser.cookie)).add(browser.user);
  text.add(waitingIn(execution));
  for (const request of requests) addRequest(text, request, execution);
  for (const call of [...calls.all].sort(byOwner)) {
    text.add(call.owner).add(call.number).add(call.state).add(mayArrive(call, execution));
    text.add(call.name).token(call.key).record(call.record).token(call.expected);
    text.add(call.detail).answer(call.answer);
  }
  text.add(
    text
      .inOrder([...ids].map(storeKeyOf))
      .map((key) => text.numberOf(key))
      .join(),
  );
  addStore(text, execution);
  return hashed(text.toString());
}

/** Those who wait for another request of their process, in the order in which they came. */
function waitingIn({ calls, came, requests }: Execution): string {
  const isWaiting = ({ name, isStarted, isAnswered }: SearchRequest): boolean =>
    isStarted && !isAnswered && !calls.all.some(({ owner }) => owner === name);
  const waiting = requests.filter(isWaiting).map(({ name }) => name);
  return came.filter((name) => waiting.includes(name)).join();
}

/** What it was told, and which deeds were over when it began; and all that came to it, if that still matters. */
function addRequest(text: CanonicalText, request: SearchRequest, execution: Execution): void {
  const { book, began, isStarted, isAnswered, hasLeft, wasLive, metWall } = request;
  text.add(request.name).add(isStarted).add(isAnswered).add(hasLeft).add(wasLive).add(metWall);
  for (const { kind, key, value, outcome, answer } of book.deeds)
    text.add(kind).add(key).add(value).add(outcome).add(JSON.stringify(answer));
  if (!isStarted) return;
  const deeds = execution.requests.flatMap((one) => one.book.deeds);
  text.add(deeds.map(({ ended }) => (ended < began ? 1 : 0)).join(''));
  if (isOver(request, execution)) return;
  for (const { text: plain, answer, token } of request.history)
    text.add(plain).token(token).answer(answer);
}

/**
 * An answered request that waits for nothing does nothing any more: what came to it has left its traces in the store, in what
 * it was told, and in its process. There nothing of it is left but for those who ran beside it: a line of commits is there
 * while one of them is under way.
 */
function isOver({ name, plan, isAnswered, ended }: SearchRequest, execution: Execution): boolean {
  const { requests, time, calls, isPlain, isDone } = execution;
  if (!isAnswered || time.owners.has(name) || (isPlain && !isDone)) return false;
  if (calls.all.some(({ owner, state }) => owner === name && state !== 'hung')) return false;
  return requests.every(
    (other) =>
      other.plan.process !== plan.process ||
      other.isAnswered ||
      !other.isStarted ||
      other.began >= ended,
  );
}

/** All that was under each key, and what of it came after those began who go on. */
function addStore(text: CanonicalText, { ledger, requests }: Execution): void {
  const underWay = requests.filter(({ isStarted, isAnswered }) => isStarted && !isAnswered);
  for (const key of text.inOrder(ledger.keys)) {
    text.token(key).record(ledger.expired(key));
    for (const state of ledger.statesSince(key, 0)) text.record(state);
    for (const { firstInstant } of underWay) text.add(ledger.statesSince(key, firstInstant).length);
  }
}

function byOwner(
  one: { readonly owner: string; readonly number: number },
  other: { readonly owner: string; readonly number: number },
): number {
  if (one.owner === other.owner) return one.number - other.number;
  return one.owner < other.owner ? -1 : 1;
}
