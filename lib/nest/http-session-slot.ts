import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpSession } from './http-session.js';
import { PatchedResponse } from './patched-response.js';
import { type AdapterRequest, rawRequest } from './session-context.js';

const slot = Symbol('nestjs-sessions');
type Slotted = IncomingMessage & { [slot]?: HttpSession };

/** @internal */
export function httpSessionOf(request: AdapterRequest): HttpSession | undefined {
  return (rawRequest(request) as Slotted)[slot];
}

/** Finds the session through the response, for callers that replaced the request by their own object. @internal */
export function httpSessionBehind(response: ServerResponse): HttpSession | undefined {
  return PatchedResponse.of(response).owner as HttpSession | undefined;
}

/** @internal */
export function rememberHttpSession(request: AdapterRequest, session: HttpSession): void {
  (rawRequest(request) as Slotted)[slot] = session;
}
