import { CLOCK_TOLERANCE_MS, pause, systemClock, type Clock } from '../core/clock.js';
import type { SessionStore } from '../core/session-store.js';
import { ManualClock } from './manual-clock.js';
import { createPromises } from './promises/create.js';
import { deletePromises } from './promises/delete.js';
import { deleteExpiredPromises } from './promises/delete-expired.js';
import { listByUserPromises } from './promises/list-by-user.js';
import { loadPromises } from './promises/load.js';
import { otherProcessPromises } from './promises/other-process.js';
import { savePromises } from './promises/save.js';
import { touchPromises } from './promises/touch.js';
import type { StorePromise, SuiteClock, TestRunner } from './store-promise.js';

/** @publicApi */
export interface StoreSuiteOptions {
  /**
   * `'manual'`: the store takes the clock that the factory is given. `'system'`: it has a clock of its own, so the
   * suite waits in earnest, for a second at most, and a purge has to remove what expired that long ago.
   *
   * @default 'manual'
   */
  readonly time?: 'manual' | 'system';
  /**
   * Whether the store offers `ExpiredDeletion`.
   *
   * @default false
   */
  readonly deletesExpired?: boolean;
  /**
   * Whether the store offers `UserIndex`.
   *
   * @default false
   */
  readonly listsByUser?: boolean;
}

/**
 * Makes a store that is empty, or shares what it holds with none but its own tests. What it returns besides is called
 * when the test is over.
 *
 * @publicApi
 */
export type StoreFactory = (clock: Clock) => MadeStore | Promise<MadeStore>;

/**
 * A store to test, and another on the same data, as a second process has one: with a connection or a cache of its own,
 * if the store has any. A store alone is taken for one whose data end with its process. What is to be closed after the
 * test, `close` closes.
 *
 * @publicApi
 */
export type MadeStore =
  | SessionStore
  | { readonly store: SessionStore; readonly other: SessionStore; close?(): Promise<void> };

/**
 * Tests a store against every promise of `SessionStore`, one test each, in the order of the contract.
 *
 * ```ts
 * describeSessionStore({ describe, it, expect }, 'my store', (clock) => new MyStore(clock));
 * ```
 *
 * @publicApi
 */
export function describeSessionStore(
  { describe, it, expect }: TestRunner,
  name: string,
  factory: StoreFactory,
  { time = 'manual', deletesExpired = false, listsByUser = false }: StoreSuiteOptions = {},
): void {
  const run = async ({ test }: StorePromise): Promise<void> => {
    const clock = time === 'manual' ? manualClock() : waitingClock();
    const made = await factory(clock);
    const { store, other, close } = 'store' in made ? made : { store: made, other: made };
    try {
      expect(typeof other?.load).toEqual('function');
      await test(store, expect, clock, other);
    } finally {
      await close?.();
    }
  };
  const groups = {
    ...STORE_PROMISES,
    deleteExpired: offered('deleteExpired', deletesExpired, deleteExpiredPromises),
    listByUser: offered('listByUser', listsByUser, listByUserPromises),
  };
  describe(name, () => {
    for (const [group, promises] of Object.entries(groups)) {
      describe(group, () => {
        for (const promise of promises) it(promise.name, () => run(promise));
      });
    }
  });
}

const STORE_PROMISES = {
  load: loadPromises,
  create: createPromises,
  save: savePromises,
  touch: touchPromises,
  delete: deletePromises,
  'a second process': otherProcessPromises,
};

/** What a store offers besides is stated, and checked, so that its tests are not passed over in silence. */
function offered(
  member: string,
  isOffered: boolean,
  promises: readonly StorePromise[],
): readonly StorePromise[] {
  const offer: StorePromise = {
    name: isOffered ? 'is offered' : 'is not offered',
    test: async (store, expect) => expect(member in store).toEqual(isOffered),
  };
  return isOffered ? [offer, ...promises] : [offer];
}

/** A store may notice an expiry a second late. */
const LATE_MS = 1_100;

/** Starts near the hour of the machine, for what a store hands to a server that has its own. */
function manualClock(): SuiteClock {
  const clock = new ManualClock(Date.now());
  return Object.assign(clock, {
    purgeGraceMs: CLOCK_TOLERANCE_MS + LATE_MS,
    pass: (spanMs: number) => Promise.resolve(clock.advance(spanMs)),
  });
}

function waitingClock(): SuiteClock {
  const pass = (spanMs: number) => pause(systemClock, spanMs);
  return { ...systemClock, purgeGraceMs: LATE_MS, pass };
}
