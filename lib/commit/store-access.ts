import { type Clock, systemClock } from '../core/options/clock.js';
import { RevisionSource } from '../core/record/revision.js';
import type { SessionStore } from '../core/record/session-store.js';
import { CommitQueue } from './commit-queue.js';
import { FairTurns } from './fair-turns.js';
import { hasTime, StoreClock } from './store-clock.js';

/**
 * The objects that a process has once per store. One queue for the commits of each session and one source of revisions
 * make the process one writer; one clock lets it agree with other servers.
 *
 * @internal
 */
export class StoreAccess {
  readonly queue = new CommitQueue();
  readonly fairness = new FairTurns();
  readonly revisions = new RevisionSource();
  readonly clock: Clock;

  constructor(store: SessionStore, clock: Clock = systemClock) {
    this.clock = hasTime(store) ? new StoreClock(store, clock) : clock;
  }

  /** The access for a store; jobs that call `openSession` share it with the module. */
  static to(store: SessionStore): StoreAccess {
    const known = accesses.get(store);
    if (known) return known;
    const access = new StoreAccess(store);
    accesses.set(store, access);
    return access;
  }
}

/** Keyed by store and not a provider: a script that calls `openSession` has no container. */
const accesses = new WeakMap<SessionStore, StoreAccess>();
