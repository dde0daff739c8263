import { CLOCK_TOLERANCE_MS, pause, systemClock, type Clock } from '../core/options/clock.js';
import type { SessionStore } from '../core/record/session-store.js';
import { ManualClock } from './manual-clock.js';
import { createPromises } from './promises/create.js';
import { deletePromises } from './promises/delete.js';
import { deleteExpiredPromises } from './promises/delete-expired.js';
import { listByUserPromises } from './promises/list-by-user.js';
import { listExpiringPromises } from './promises/list-expiring.js';
import { loadPromises } from './promises/load.js';
import { otherProcessPromises } from './promises/other-process.js';
import { savePromises } from './promises/save.js';
import { touchPromises } from './promises/touch.js';
import type { StorePromise, SuiteClock, TestRunner } from './store-promise.js';

/**
 * The properties of the store that the suite depends on.
 *
 * @publicApi
 */
export interface StoreSuiteOptions {
  /**
   * `'manual'`: the store takes the clock passed to the factory. `'system'`: it has a clock of its own. The suite then
   * waits in real time, for a second at most, and a purge has to remove records that expired that long ago.
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
 * Makes a store that is empty, or shares its data only with its own tests. The suite calls `close`, if returned, after
 * the test.
 *
 * @publicApi
 */
export type StoreFactory = (clock: Clock) => MadeStore | Promise<MadeStore>;

/**
 * A store to test, and another on the same data, as a second process opens it: with a connection or a cache of its own,
 * if the store has any. A store alone counts as one whose data end with its process. `close` closes whatever the test
 * has to close.
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
    deleteExpired: optionalPromises('deleteExpired', deletesExpired, deleteExpiredPromises),
    listByUser: optionalPromises('listByUser', listsByUser, [
      ...listByUserPromises,
      ...listExpiringPromises,
    ]),
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

/** The options state the additional offers, and a test checks each, so that its tests are not skipped in silence. */
function optionalPromises(
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

/** Starts near the machine's time, since a store may pass instants to a server with a clock of its own. */
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
