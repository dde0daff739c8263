import type { LifetimePolicy, LifetimeRule } from './lifetime.js';

/**
 * The two instants at which a session ends, unless it is used before the first.
 *
 * @internal
 */
export interface Deadlines {
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
}

/**
 * Share of the idle time after which a touch is due. It allows at most ten writes per idle period, and a session in use
 * never ends earlier than this share.
 */
const TOUCH_SHARE = 0.1;

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
