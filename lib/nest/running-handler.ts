import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpSession } from './http-session.js';
import type { MessageSession } from './message-session.js';

type Running = HttpSession | MessageSession;

const running = new AsyncLocalStorage<Running>();

/**
 * Runs a task, with all async work it starts, as the handler of this session. Before Node 24, the first call slows down
 * every promise of the process, so ordinary routes do without it.
 *
 * @internal
 */
export function runAsHandlerOf<T>(session: Running, task: () => T): T {
  return running.run(session, task);
}

/** The session whose handler is running, if it was started by `runAsHandlerOf`. @internal */
export function runningSession(): Running | undefined {
  return running.getStore();
}
