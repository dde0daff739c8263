import type { Clock } from '../core/options/clock.js';
import type { SessionStore } from '../core/record/session-store.js';

/**
 * The functions of a test runner that the suite uses: jest's, vitest's, or node:test's with an `expect` of your own.
 *
 * @publicApi
 */
export interface TestRunner {
  /** Groups the tests that its body declares. */
  describe(name: string, body: () => void): unknown;
  /** Declares one test, which fails when its body rejects. */
  it(name: string, body: () => Promise<void>): unknown;
  /** Compares by value. */
  expect(actual: unknown): { toEqual(expected: unknown): void };
}

/**
 * A clock that the suite can advance.
 *
 * @internal
 */
export interface SuiteClock extends Clock {
  /** How long after its expiry a purge may leave a record. */
  readonly purgeGraceMs: number;
  pass(spanMs: number): Promise<void>;
}

/**
 * One promise of the contract: its name, and a test that fails if the store breaks it.
 *
 * @internal
 */
export interface StorePromise {
  readonly name: string;
  readonly test: (
    store: SessionStore,
    expect: TestRunner['expect'],
    clock: SuiteClock,
    /** The same store, as another process opens it. */
    other: SessionStore,
  ) => Promise<void>;
}
