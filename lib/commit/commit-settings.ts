import { type Clock, systemClock } from '../core/clock.js';
import { completeOptions } from '../core/complete-options.js';
import { type Duration, parseDelay } from '../core/duration.js';
import {
  type LifetimePolicy,
  parseLifetimeOptions,
  type LifetimeOptions,
} from '../core/lifetime.js';
import { configInvalid } from '../core/session-errors.js';
import type { Asker } from '../core/standing.js';
import { refuseUnlessPositive } from '../core/whole-number.js';
import type { SessionNews } from './session-news.js';

/**
 * How much sessions may take.
 *
 * @publicApi
 */
export interface LimitOptions {
  /**
   * The largest record, in bytes of its JSON; a commit above it is refused with SESSION_TOO_LARGE. A larger limit
   * makes every load and save of large sessions slower. At least 1024, which a record without values may take.
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
  /**
   * Bounds the sessions of each user. Asks for a store that finds sessions by user, and costs a list of them, or two,
   * where a session comes to belong to somebody.
   *
   * @default none
   */
  readonly perUser?: PerUserLimit | undefined;
}

/**
 * How many sessions a user may have at once; a visit counts as one, whichever ids it had.
 *
 * @publicApi
 */
export interface PerUserLimit {
  readonly max: number;
  /**
   * What becomes of a login beyond that. `'end-oldest'`: the session ends that has been the user's for longest.
   * `'refuse'`: the login is refused with SESSION_LIMIT_REACHED, and nothing is stored; of several that compete for the
   * last place, one gets it.
   *
   * @default 'end-oldest'
   */
  readonly whenFull?: 'end-oldest' | 'refuse';
}

/**
 * Takes a problem that concerns the operator and not the request.
 *
 * @internal
 */
export type Report = (message: string, cause?: unknown) => void;

/**
 * Takes what happened to a session.
 *
 * @internal
 */
export type Tell = (news: SessionNews) => void;

/** @internal */
export interface CommitSettings {
  readonly lifetimes: LifetimePolicy;
  readonly recordBytes: number;
  readonly storeTimeoutMs: number;
  /** With a `max` of Infinity where there is no limit. */
  readonly perUser: Required<PerUserLimit>;
  readonly clock: Clock;
  readonly report: Report;
  readonly tell: Tell;
}

/**
 * The same settings, whose news name the request that asks.
 *
 * @internal
 */
export function askedBy(settings: CommitSettings, { request }: Asker): CommitSettings {
  if (!request) return settings;
  return { ...settings, tell: (news) => settings.tell({ ...news, request }) };
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

const NO_OPTIONS: Required<CommitOptions> = Object.freeze({ lifetime: {}, limits: {} });
const DEFAULTS: Required<LimitOptions> = Object.freeze({
  recordBytes: 65_536,
  storeTimeout: '2s',
  perUser: undefined,
});
/** What a record takes that holds nothing but a user, with room for the revisions of all who may write it. */
const MIN_RECORD_BYTES = 1024;
const NO_LIMIT_PER_USER: Required<PerUserLimit> = Object.freeze({
  max: Infinity,
  whenFull: 'end-oldest',
});
/** There is no limit that suits all: `max` has to be given. */
const PER_USER_DEFAULTS = Object.freeze({
  max: undefined,
  whenFull: 'end-oldest',
}) as unknown as Required<PerUserLimit>;

/** @internal */
export function parseCommitOptions(
  options: CommitOptions,
  clock: Clock = systemClock,
  report: Report = () => undefined,
  tell: Tell = () => undefined,
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
    tell,
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
