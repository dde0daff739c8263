import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpSession } from './http-session.js';

const running = new AsyncLocalStorage<HttpSession>();

/**
 * Marks all that a task does, now and later, as done by the handler of this session. On Node before 24 the first call
 * makes every promise of the process dearer, so ordinary routes do without.
 *
 * @internal
 */
export function runAsHandlerOf<T>(session: HttpSession, task: () => T): T {
  return running.run(session, task);
}

/** The session whose handler is at work here, where it is marked. @internal */
export function runningSession(): HttpSession | undefined {
  return running.getStore();
}
