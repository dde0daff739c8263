import { completeOptions } from './complete-options.js';
import { type Duration, parseLifespan } from './duration.js';
import { configInvalid } from './session-errors.js';

/**
 * How long sessions live.
 *
 * @publicApi
 */
export interface LifetimeOptions {
  /**
   * Ends a session that nobody used for this long, from a second to 100 years. Shorter protects a browser left open on a shared machine.
   *
   * @default '30m'
   */
  readonly idleTimeout?: Duration;
  /**
   * Ends a session this long after it was created or rotated, however much it was used: from a second to 100 years.
   * Shorter bounds what a stolen cookie is worth.
   *
   * @default '12h'
   */
  readonly absoluteLifetime?: Duration;
  /**
   * Gives a session that is in use a new id this long after it got its present one: at least 2 minutes. Shorter bounds
   * how long a stolen cookie goes unnoticed. The old id serves until the browser has shown the new one, and a minute
   * more; its use after that is reported.
   *
   * @default false
   */
  readonly renewEvery?: Duration | false;
}

/**
 * A lifetime of one session, in place of the module's:
 *
 * - `'until-browser-closes'`: the module's timeouts, and a cookie that the browser forgets when it closes;
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
 * A session's own lifetime as its record keeps it; a record without one follows the module's.
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
  /** Infinity where ids are not renewed. */
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

/** So long the old id of a renewed session serves once its new one was seen: longer than requests are under way. */
export const RENEWAL_GRACE_MS = 60_000;

/**
 * A touch is due when this share of the idle time has passed: ten writes at most in an idle period, and a session
 * that is used never ends more than that early.
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
 * When a session ends that is created, or rotated, now.
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
 * When a session that was last used now ends from disuse; never after its absolute limit.
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
 * Tells whether so much of the idle time has passed that a touch is worth a store call.
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
 * When a session was last used, as far as its record tells: that or up to a touch's step later. Undefined where disuse is
 * not what ends it next.
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
 * Tells whether a session has had its id for so long that it should get a new one.
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
