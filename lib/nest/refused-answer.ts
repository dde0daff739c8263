import type { OutgoingHttpHeaders } from 'node:http';
import { isCorsHeader } from './header-snapshot.js';
import type { Refusal } from './response-hooks.js';
import { withToken } from './response-headers.js';
import { toHttpException } from './session-exception.mapper.js';

/**
 * The response to a request whose commit failed after its handler had answered. It has the headers from before the
 * handler, the cookie of whatever was stored before the failure, and a body without details.
 *
 * @internal
 */
export function refusedAnswer(
  error: unknown,
  before: OutgoingHttpHeaders,
  cookie: string | undefined,
): Refusal {
  const exception = toHttpException(error);
  const body = JSON.stringify(exception.getResponse());
  return {
    status: exception.getStatus(),
    headers: {
      ...before,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      vary: withToken(before.vary, 'Cookie'),
      ...(cookie !== undefined && { 'set-cookie': cookie }),
    },
    body,
    keeps: isCorsHeader,
  };
}
