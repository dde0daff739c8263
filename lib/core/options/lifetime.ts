import { completeOptions } from './complete-options.js';
import { type Duration, parseLifespan } from './duration.js';
import { configInvalid } from '../errors/session-errors.js';

/**
 * How long sessions live.
 *
 * @publicApi
 */
export interface LifetimeOptions {
  /**
   * Ends a session after this long without use, from a second to 100 years. Shorter protects a browser left open on a
   * shared machine.
   *
   * @default '30m'
   */
  readonly idleTimeout?: Duration;
  /**
   * Ends a session this long after it was created or rotated, however much it was used: from a second to 100 years.
   * Shorter limits the value of a stolen cookie.
   *
   * @default '12h'
   */
  readonly absoluteLifetime?: Duration;
  /**
   * Gives a session in use a new id this long after it got its present one: at least 2 minutes. Shorter limits how long
   * a stolen cookie goes unnoticed. The old id works until the browser has presented the new one, and for a minute
   * after that; later use of the old id is reported.
   *
   * @default false
   */
  readonly renewEvery?: Duration | false;
}

/**
 * A lifetime for one session, in place of the module's:
 *
 * - `'until-browser-closes'`: the module's timeouts, and a cookie that the browser drops when it closes;
 * - `{ afterInactivity }`: an idle timeout of its own, within the module's absolute lifetime;
 * - `{ at }`: ends at that date, however much or little it was used.
 *
 * The latter two make a cookie that outlives the browser.
 *
 * @publicApi
 */
export type SessionLifetime =
  'until-browser-closes' | { readonly afterInactivity: Duration } | { readonly at: Date };

/**
 * A session's own lifetime as its record stores it; without one, the module's applies.
 *
 * @publicApi
 */
export type LifetimeRule =
  | { readonly kind: 'browser' }
  | { readonly kind: 'inactivity'; readonly idleTimeoutMs: number }
  | { readonly kind: 'date'; readonly at: number };

/** @internal */
export interface LifetimePolicy {
  readonly idleTimeoutMs: number;
  readonly absoluteLifetimeMs: number;
  /** Infinity if ids are not renewed. */
  readonly renewEveryMs: number;
}

/**
 * The two instants at which a session ends, unless it is used before the first.
 *
 * @internal
 */
export interface Deadlines {
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
}

const DEFAULTS: Required<LifetimeOptions> = Object.freeze({
  idleTimeout: '30m',
  absoluteLifetime: '12h',
  renewEvery: false,
});

/** How long the old id of a session works once the renewal is confirmed: longer than any request is under way. */
export const RENEWAL_GRACE_MS = 60_000;

/**
 * Share of the idle time after which a touch is due. It allows at most ten writes per idle period, and a session in use
 * never ends earlier than this share.
 */
const TOUCH_SHARE = 0.1;

/** @internal */
export function parseLifetimeOptions(options?: LifetimeOptions): LifetimePolicy {
  const { idleTimeout, absoluteLifetime, renewEvery } = completeOptions(
    'lifetime.',
    options,
    DEFAULTS,
  );
  const policy = {
    idleTimeoutMs: parseLifespan('lifetime.idleTimeout', idleTimeout),
    absoluteLifetimeMs: parseLifespan('lifetime.absoluteLifetime', absoluteLifetime),
    renewEveryMs:
      renewEvery === false ? Infinity : parseLifespan('lifetime.renewEvery', renewEvery),
  };
  if (policy.idleTimeoutMs > policy.absoluteLifetimeMs) {
    throw configInvalid('lifetime.idleTimeout', 'at most `lifetime.absoluteLifetime`', 'more');
  }
  if (policy.renewEveryMs < 2 * RENEWAL_GRACE_MS) {
    throw configInvalid('lifetime.renewEvery', 'at least 2 minutes', 'less');
  }
  return policy;
}

/** @internal */
export function parseLifetime(lifetime: SessionLifetime, now: number): LifetimeRule {
  if (lifetime === 'until-browser-closes') return { kind: 'browser' };
  if (typeof lifetime !== 'object' || lifetime === null) {
    const expected = '"until-browser-closes", { afterInactivity } or { at }';
    throw configInvalid('lifetime', expected, lifetime === null ? 'null' : typeof lifetime);
  }
  if ('afterInactivity' in lifetime) {
    const idleTimeoutMs = parseLifespan('afterInactivity', lifetime.afterInactivity);
    return { kind: 'inactivity', idleTimeoutMs };
  }
  const at = lifetime.at instanceof Date ? lifetime.at.getTime() : NaN;
  if (!(at > now)) throw configInvalid('at', 'a Date that lies ahead', 'another value');
  return { kind: 'date', at };
}

/**
 * The deadlines of a session that is created or rotated now.
 *
 * @internal
 */
export function freshDeadlines(
  policy: LifetimePolicy,
  rule: LifetimeRule | undefined,
  now: number,
): Deadlines {
  const absoluteExpiresAt = rule?.kind === 'date' ? rule.at : now + policy.absoluteLifetimeMs;
  return { expiresAt: idleDeadline(policy, rule, now, absoluteExpiresAt), absoluteExpiresAt };
}

/**
 * When a session last used now ends from disuse; never after its absolute limit.
 *
 * @internal
 */
export function idleDeadline(
  policy: LifetimePolicy,
  rule: LifetimeRule | undefined,
  now: number,
  absoluteExpiresAt: number,
): number {
  return Math.min(now + idleTimeoutOf(policy, rule), absoluteExpiresAt);
}

/**
 * Whether enough of the idle time has passed for a touch to be worth a store call.
 *
 * @internal
 */
export function isTouchDue(
  policy: LifetimePolicy,
  record: Deadlines & { readonly lifetime?: LifetimeRule },
  now: number,
): boolean {
  const step = idleTimeoutOf(policy, record.lifetime) * TOUCH_SHARE;
  return (
    idleDeadline(policy, record.lifetime, now, record.absoluteExpiresAt) >= record.expiresAt + step
  );
}

/**
 * When a session was last used, to the precision of a touch: its actual last use is up to one touch interval later.
 * Undefined if something other than disuse ends it next.
 *
 * @internal
 */
export function lastUse(
  policy: LifetimePolicy,
  record: Deadlines & { readonly createdAt: number; readonly lifetime?: LifetimeRule },
): number | undefined {
  const { createdAt, expiresAt, absoluteExpiresAt, lifetime } = record;
  if (expiresAt >= absoluteExpiresAt) return undefined;
  return Math.max(createdAt, expiresAt - idleTimeoutOf(policy, lifetime));
}

/**
 * Whether a session has had its id long enough for a new one to be due.
 *
 * @internal
 */
export function isRenewalDue(
  { renewEveryMs }: LifetimePolicy,
  record: { readonly createdAt: number; readonly issuedAt?: number },
  now: number,
): boolean {
  return now >= (record.issuedAt ?? record.createdAt) + renewEveryMs;
}

function idleTimeoutOf(policy: LifetimePolicy, rule: LifetimeRule | undefined): number {
  switch (rule?.kind) {
    case 'date':
      return Infinity;
    case 'inactivity':
      return rule.idleTimeoutMs;
    default:
      return policy.idleTimeoutMs;
  }
}
