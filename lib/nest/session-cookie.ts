import { clearCookie, issueCookie } from '../cookie/set-cookie.js';
import type { SessionState } from '../core/session/session-state.js';
import type { AdapterRequest } from './session-context.js';
import type { SessionRuntime } from './session-runtime.js';
import { insecureClient } from './transport-security.js';

/**
 * The Set-Cookie line that a response needs; undefined if the browser's cookie may stay as it is.
 *
 * @internal
 */
export function cookieLine(
  { cookie, phase, backend }: SessionState,
  request: AdapterRequest,
  runtime: Pick<SessionRuntime, 'settings' | 'warnOfInsecureTransport'>,
): string | undefined {
  const settings = runtime.settings.cookie;
  if (cookie === 'clear') return clearCookie(settings);
  if (cookie === 'leave' || phase.kind !== 'live') return undefined;
  const loser = settings.secure ? insecureClient(request) : undefined;
  if (loser) runtime.warnOfInsecureTransport(loser);
  const { lifetime, absoluteExpiresAt } = phase.record;
  const isPersistent = lifetime !== undefined && lifetime.kind !== 'browser';
  return issueCookie(
    settings,
    phase.id,
    isPersistent ? absoluteExpiresAt - backend.now() : undefined,
  );
}
