import type { LifetimeOptions } from '../../lib/core/options/lifetime.js';
import type { FaultKind } from './calls.js';
import type { RequestPlan } from './script.js';

export const MINUTE = 60_000;

/** Requests of one browser that overlap, and what may go wrong with them. */
export interface Scenario {
  readonly requests: readonly RequestPlan[];
  readonly session: SessionAge;
  /** How much may go wrong, and what. */
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
  /** Spans by which all clocks may go on at once, at the price of a fault each. */
  readonly jumpsMs: readonly number[];
  /** Spans by which the clock of a process may step. */
  readonly skewsMs: readonly number[];
}

/** What the end of a request has to do besides what it was asked for. */
export type SessionAge = 'fresh' | 'to be touched' | 'to be renewed';

export const AGES_MS: Readonly<Record<SessionAge, number>> = {
  fresh: 0,
  'to be touched': 4 * MINUTE,
  'to be renewed': 11 * MINUTE,
};

const RENEWING: LifetimeOptions = { renewEvery: 10 * MINUTE };
const USUAL: LifetimeOptions = {};

export const LIFETIMES: Readonly<Record<SessionAge, LifetimeOptions>> = {
  fresh: USUAL,
  'to be touched': USUAL,
  'to be renewed': RENEWING,
};

export const IDLE_MS = 30 * MINUTE;
