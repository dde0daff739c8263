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

const DEFAULTS: Required<LifetimeOptions> = Object.freeze({
  idleTimeout: '30m',
  absoluteLifetime: '12h',
  renewEvery: false,
});

/** How long the old id of a session works once the renewal is confirmed: longer than any request is under way. */
export const RENEWAL_GRACE_MS = 60_000;

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
