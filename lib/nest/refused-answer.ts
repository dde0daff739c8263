import type { OutgoingHttpHeaders } from 'node:http';
import { isCorsHeader } from './answer-headers.js';
import type { Refusal } from './gatekeeper.js';
import { withToken } from './response-head.js';
import { toHttpException } from './session-exception.mapper.js';

/**
 * The answer to a request that failed after its handler had answered: the headers from before the handler, the cookie
 * of what was stored all the same, and a body that says nothing.
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
