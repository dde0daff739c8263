import { type Clock, systemClock } from '../core/clock.js';
import { completeOptions } from '../core/complete-options.js';
import { type Duration, parseDuration } from '../core/duration.js';
import {
  type LifetimePolicy,
  parseLifetimeOptions,
  type LifetimeOptions,
} from '../core/lifetime.js';
import { configInvalid } from '../core/session-errors.js';

/**
 * How much a session may take.
 *
 * @publicApi
 */
export interface LimitOptions {
  /**
   * The largest record, in bytes of its JSON; a commit above it is refused with SESSION_TOO_LARGE. A larger limit
   * makes every load and save of large sessions slower.
   *
   * @default 65536
   */
  readonly recordBytes?: number;
  /**
   * How long a request waits for the store, per load and per commit, before it is answered with 503.
   *
   * @default '2s'
   */
  readonly storeTimeout?: Duration;
}

/**
 * Takes a problem that concerns the operator and not the request.
 *
 * @internal
 */
export type Report = (message: string, cause?: unknown) => void;

/** @internal */
export interface CommitSettings {
  readonly lifetimes: LifetimePolicy;
  readonly recordBytes: number;
  readonly storeTimeoutMs: number;
  readonly clock: Clock;
  readonly report: Report;
}

/**
 * What a session without a request can be told: how long it lives, and how much it may take.
 *
 * @publicApi
 */
export interface CommitOptions {
  readonly lifetime?: LifetimeOptions;
  readonly limits?: LimitOptions;
}

const DEFAULTS: Required<LimitOptions> = Object.freeze({ recordBytes: 65_536, storeTimeout: '2s' });

/** @internal */
export function parseCommitOptions(
  options: CommitOptions,
  clock: Clock = systemClock,
  report: Report = () => undefined,
): CommitSettings {
  const { recordBytes, storeTimeout } = completeOptions('limits.', options.limits, DEFAULTS);
  if (!Number.isInteger(recordBytes) || recordBytes <= 0) {
    throw configInvalid('limits.recordBytes', 'a positive whole number', String(recordBytes));
  }
  return {
    lifetimes: parseLifetimeOptions(options.lifetime),
    recordBytes,
    storeTimeoutMs: parseDuration('limits.storeTimeout', storeTimeout),
    clock,
    report,
  };
}
