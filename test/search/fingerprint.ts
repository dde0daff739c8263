import { storeKeyOf } from '../../lib/core/session-id.js';
import type { Execution } from './execution.js';
import { hashed } from './names.js';
import type { SearchRequest } from './search-request.js';

/** Nobody in particular: whatever is named here was mentioned before. */
const NOBODY = '?';

/**
 * The same for executions that go on alike. What a request does next follows from all that came to it; what requests of one
 * process have in common is who waits for whom; and the store is what was under each key.
 */
export function fingerprintOf(execution: Execution): string {
  const { names, browser, calls, faultsLeft, ledger, processes, requests, time } = execution;
  const parts = [
    faultsLeft,
    time.now,
    browser.cookie === undefined ? '' : names.of(storeKeyOf(browser.cookie), NOBODY),
    browser.user,
    ...calls.all.map(({ owner, number, state }) => `${owner}${number} ${state}`).toSorted(),
    waitingIn(execution),
    ...processes.map(({ clock }) => clock.skewMs),
    ...requests.map((request) => stateOf(request, requests)),
    ...ledger.keys.map((key) => historyOf(key, execution)).toSorted(),
  ];
  return `${hashed(parts.join('|'))}`;
}

/** Those who wait for another request of their process, in the order in which they came. */
function waitingIn({ calls, came }: Execution): string {
  const called = new Set(calls.all.map(({ owner }) => owner));
  return came.filter((name) => !called.has(name)).join();
}

/** What it saw and what it was told, and which requests were over when it began. */
function stateOf(
  { history, book, began, isStarted, isAnswered }: SearchRequest,
  requests: readonly SearchRequest[],
): string {
  const told = book.deeds
    .map(({ outcome, answer }) => `${outcome} ${JSON.stringify(answer)}`)
    .join();
  const before = requests.map(({ ended }) => (isStarted && ended < began ? 1 : 0)).join('');
  return `${history} ${isAnswered} ${told} ${before}`;
}

function historyOf(key: string, { ledger, names }: Execution): string {
  const states = ledger.statesSince(key, 0);
  return `${names.of(key, NOBODY)}:${states.map((state) => names.textOf(state, NOBODY)).join()}`;
}
