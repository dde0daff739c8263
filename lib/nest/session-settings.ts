import {
  type CommitSettings,
  parseCommitOptions,
  type Report,
  type EmitEvent,
} from '../commit/commit-settings.js';
import { type CookieSettings, parseCookieOptions } from '../cookie/cookie-settings.js';
import type { Clock } from '../core/options/clock.js';
import { completeOptions } from '../core/options/complete-options.js';
import { configInvalid } from '../core/errors/session-errors.js';
import type { MessageOptions, SessionOptions } from './session-options.interface.js';

/**
 * The options, validated and with defaults filled in.
 *
 * @internal
 */
export interface SessionSettings {
  readonly cookie: CookieSettings;
  readonly commit: CommitSettings;
  readonly sessionIdOf: MessageOptions['sessionId'];
}

const DEFAULTS: Required<SessionOptions> = Object.freeze({
  lifetime: {},
  cookie: {},
  limits: {},
  messages: {},
});
const MESSAGE_DEFAULTS: Required<MessageOptions> = Object.freeze({
  sessionId: undefined,
});

/**
 * Throws SESSION_CONFIG_INVALID for the first invalid option.
 *
 * @internal
 */
export function parseSessionOptions(
  options: SessionOptions,
  clock: Clock,
  report: Report,
  emit?: EmitEvent,
): SessionSettings {
  const { cookie, messages, ...rest } = completeOptions('', options, DEFAULTS);
  return {
    cookie: parseCookieOptions(cookie),
    commit: parseCommitOptions(rest, clock, report, emit),
    sessionIdOf: parseSessionIdOf(messages),
  };
}

function parseSessionIdOf(options: MessageOptions): MessageOptions['sessionId'] {
  const { sessionId } = completeOptions('messages.', options, MESSAGE_DEFAULTS);
  if (sessionId === undefined || typeof sessionId === 'function') return sessionId;
  throw configInvalid('messages.sessionId', 'a function', `a value of type ${typeof sessionId}`);
}

/**
 * The secret that signs cookies; undefined if cookies are unsigned.
 *
 * @internal
 */
export function signingSecret(options: SessionOptions): string | undefined {
  const { cookie } = completeOptions('', options, DEFAULTS);
  return parseCookieOptions(cookie).secrets[0];
}
