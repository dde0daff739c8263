import type { SessionStore } from 'nestjs-sessions';
import { ManualClock } from 'nestjs-sessions/testing';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ListedStore } from '../../support/listed-store.js';
import { type Fault, faultKinds } from './fault.js';

type Operation = 'load' | 'create' | 'save' | 'touch' | 'delete';

/** Half of what a request waits for its store. */
const HALF_TIMEOUT_MS = 1_000;

/** What one case sees: a time and records of its own, and calls to the store that go wrong for it alone. */
export class World {
  readonly clock = new ManualClock(Date.now());
  readonly store = new ListedStore({ clock: this.clock });
  fault: Fault | undefined;
  #calls: Operation[] = [];

  /** The calls since the last time this was asked. */
  takeCalls(): readonly Operation[] {
    return this.#calls.splice(0);
  }

  async call<T>(operation: Operation, make: (store: SessionStore) => Promise<T>): Promise<T> {
    const n = this.#calls.push(operation);
    const { fault } = this;
    if (!fault || n < fault.n || (n > fault.n && !fault.isLasting)) return make(this.store);
    const { hasEffect, isAnswered } = faultKinds[fault.kind];
    if (hasEffect) await make(this.store);
    if (isAnswered) throw new Error('connection reset');
    return this.#neverAnswer();
  }

  close(): void {
    this.store.onModuleDestroy();
  }

  /** Lets so much time pass that the caller gives up, and has half of it left when that is what a write may take. */
  async #neverAnswer(): Promise<never> {
    for (let half = 0; half < 2; half++) {
      await nextTurn();
      this.clock.advance(HALF_TIMEOUT_MS);
    }
    return new Promise<never>(() => undefined);
  }
}
