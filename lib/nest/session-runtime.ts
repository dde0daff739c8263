import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { Session } from '../core/session/session.js';
import type { SessionBackend } from '../core/session/session-phase.js';
import type { HttpSession } from './http-session.js';
import type { MessageSession } from './message-session.js';
import type { Exchange } from './session-context.js';
import type { SessionSettings } from './session-settings.js';
import type { InsecureClient } from './transport-security.js';

/**
 * The services of one application that all of its requests share.
 *
 * @internal
 */
export interface SessionRuntime {
  readonly settings: SessionSettings;
  readonly backend: SessionBackend;
  of(context: ExecutionContext): Session;
  attach(context: ArgumentsHost): HttpSession | undefined;
  attachTo(found: Pick<Exchange, 'request' | 'response'>): HttpSession;
  message(context: ArgumentsHost): MessageSession | undefined;
  reportFailure(error: unknown): void;
  warnOfInsecureTransport(client: InsecureClient): void;
}
