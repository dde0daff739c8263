import {
  type CommitSettings,
  parseCommitOptions,
  type Report,
  type Tell,
} from '../commit/commit-settings.js';
import { type CookieSettings, parseCookieOptions } from '../cookie/cookie-options.js';
import type { Clock } from '../core/clock.js';
import { completeOptions } from '../core/complete-options.js';
import type { SessionOptions } from './session-options.interface.js';

/**
 * The options, checked and complete.
 *
 * @internal
 */
export interface SessionSettings {
  readonly cookie: CookieSettings;
  readonly commit: CommitSettings;
}

const DEFAULTS: Required<SessionOptions> = Object.freeze({ lifetime: {}, cookie: {}, limits: {} });

/**
 * Throws SESSION_CONFIG_INVALID for the first option that is wrong.
 *
 * @internal
 */
export function parseSessionOptions(
  options: SessionOptions,
  clock: Clock,
  report: Report,
  tell?: Tell,
): SessionSettings {
  const { cookie, ...rest } = completeOptions('', options, DEFAULTS);
  return {
    cookie: parseCookieOptions(cookie),
    commit: parseCommitOptions(rest, clock, report, tell),
  };
}

/**
 * The secret that signs cookies, if one does.
 *
 * @internal
 */
export function signingSecret(options: SessionOptions): string | undefined {
  const { cookie } = completeOptions('', options, DEFAULTS);
  return parseCookieOptions(cookie).secrets[0];
}
