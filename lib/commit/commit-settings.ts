import { type Clock, systemClock } from '../core/options/clock.js';
import { completeOptions } from '../core/options/complete-options.js';
import { type Duration, parseDelay } from '../core/options/duration.js';
import {
  type LifetimePolicy,
  parseLifetimeOptions,
  type LifetimeOptions,
} from '../core/options/lifetime.js';
import { configInvalid } from '../core/errors/session-errors.js';
import type { RequestInfo } from '../core/session/session-phase.js';
import { refuseUnlessPositive } from '../core/options/whole-number.js';
import type { CommitEvent } from './commit-events.js';

/**
 * Limits on the size, the waiting time and the number of sessions.
 *
 * @publicApi
 */
export interface LimitOptions {
  /**
   * The largest record, in bytes of its JSON; a larger one fails its commit with SESSION_TOO_LARGE. A larger limit
   * makes every load and save of large sessions slower. At least 1024, which a record without values may take.
   *
   * @default 65536
   */
  readonly recordBytes?: number;
  /**
   * How long a request waits for the store, per load and per commit, before the application answers it with 503.
   *
   * @default '2s'
   */
  readonly storeTimeout?: Duration;
  /**
   * Limits the sessions of each user. It requires a store that finds sessions by user, and costs one or two lists of
   * them whenever a user gets a session.
   *
   * @default none
   */
  readonly perUser?: PerUserLimit | undefined;
}

/**
 * How many sessions a user may have at once; a lineage counts as one, whatever ids it has had.
 *
 * @publicApi
 */
export interface PerUserLimit {
  /** How many sessions a user may have at once: a whole number, at least 1. */
  readonly max: number;
  /**
   * The outcome of a login beyond the maximum. `'end-oldest'`: the session ends that has been the user's for longest.
   * `'refuse'`: the login fails with SESSION_LIMIT_REACHED, and nothing is stored; of several that compete for the last
   * place, one gets it.
   *
   * @default 'end-oldest'
   */
  readonly whenFull?: 'end-oldest' | 'refuse';
}

/**
 * Reports a problem that concerns the operator and not the request.
 *
 * @internal
 */
export type Report = (message: string, cause?: unknown) => void;

/**
 * Emits a session event.
 *
 * @internal
 */
export type EmitEvent = (event: CommitEvent) => void;

/** @internal */
export interface CommitSettings {
  readonly lifetimes: LifetimePolicy;
  readonly recordBytes: number;
  readonly storeTimeoutMs: number;
  /** `max` is Infinity if there is no limit. */
  readonly perUser: Required<PerUserLimit>;
  readonly clock: Clock;
  readonly report: Report;
  readonly emit: EmitEvent;
}

/**
 * The same settings, with events that carry the request.
 *
 * @internal
 */
export function onBehalfOf(settings: CommitSettings, { request }: RequestInfo): CommitSettings {
  if (!request) return settings;
  return { ...settings, emit: (event) => settings.emit({ ...event, request }) };
}

/**
 * Options of a session without a request: how long it lives, and how much it may hold.
 *
 * @publicApi
 */
export interface CommitOptions {
  /** How long sessions live. */
  readonly lifetime?: LifetimeOptions;
  /** How much a session may hold. */
  readonly limits?: LimitOptions;
}

const NO_OPTIONS: Required<CommitOptions> = Object.freeze({ lifetime: {}, limits: {} });
const DEFAULTS: Required<LimitOptions> = Object.freeze({
  recordBytes: 65_536,
  storeTimeout: '2s',
  perUser: undefined,
});
/** The size of a record with nothing but a user, and room for the revisions of all remembered writers. */
const MIN_RECORD_BYTES = 1024;
const NO_LIMIT_PER_USER: Required<PerUserLimit> = Object.freeze({
  max: Infinity,
  whenFull: 'end-oldest',
});
/** No limit suits every application, so `max` has to be given. */
const PER_USER_DEFAULTS = Object.freeze({
  max: undefined,
  whenFull: 'end-oldest',
}) as unknown as Required<PerUserLimit>;

/** @internal */
export function parseCommitOptions(
  options: CommitOptions,
  clock: Clock = systemClock,
  report: Report = () => undefined,
  emit: EmitEvent = () => undefined,
): CommitSettings {
  const { limits, lifetime } = completeOptions('', options, NO_OPTIONS);
  const { recordBytes, storeTimeout, perUser } = completeOptions('limits.', limits, DEFAULTS);
  checkRecordBytes(recordBytes);
  return {
    lifetimes: parseLifetimeOptions(lifetime),
    recordBytes,
    storeTimeoutMs: parseDelay('limits.storeTimeout', storeTimeout),
    perUser: perUser ? parsePerUser(perUser) : NO_LIMIT_PER_USER,
    clock,
    report,
    emit,
  };
}

function checkRecordBytes(given: number): void {
  if (Number.isInteger(given) && given >= MIN_RECORD_BYTES) return;
  const expected = `a whole number from ${MIN_RECORD_BYTES} on`;
  throw configInvalid('limits.recordBytes', expected, String(given));
}

function parsePerUser(limit: PerUserLimit): Required<PerUserLimit> {
  const complete = completeOptions('limits.perUser.', limit, PER_USER_DEFAULTS);
  refuseUnlessPositive('limits.perUser.max', complete.max);
  const given: unknown = complete.whenFull;
  if (given === 'end-oldest' || given === 'refuse') return complete;
  throw configInvalid(
    'limits.perUser.whenFull',
    '"end-oldest" or "refuse"',
    typeof given === 'string' ? `"${given}"` : typeof given,
  );
}
