import type { Writers } from './patched-response.js';

/**
 * A call on a response that waits until the session is committed.
 *
 * @internal
 */
export interface HeldCall {
  readonly method: keyof Writers;
  readonly args: readonly unknown[];
}

/** @internal */
export function endedAlready(method: string): Error {
  return new Error(
    `\`${method}\` was called after the response ended, while it waits for its session.`,
  );
}

/** Node reports a write to a closed connection in the same way: through its callback. @internal */
export function fail(args: readonly unknown[], reason: unknown): void {
  const callback = args.at(-1);
  if (typeof callback === 'function') process.nextTick(callback, reason);
}
