import { type CallHandler, type ExecutionContext, StreamableFile } from '@nestjs/common';
import { concatMap, dematerialize, from, map, materialize, type Observable, of } from 'rxjs';
import { traitsOf } from './handler-traits.js';
import { holdLast } from './hold-last.js';
import { closeUnlessRead } from './refused-pipe.js';
import { FIRST_SERVER_ERROR, type HttpSession } from './http-session.js';
import type { SessionRuntime } from './session-runtime.js';
import type { MessageSession } from './message-session.js';
import { runAsHandlerOf } from './running-handler.js';
import { exchangeOf } from './session-context.js';

type Running = HttpSession | MessageSession;

/**
 * Runs a handler and commits its changes before passing on its result. Over HTTP, only the first interceptor of a
 * request commits, however often one is bound.
 *
 * @internal
 */
export function commitHandler(
  runtime: SessionRuntime,
  context: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  switch (context.getType<string>()) {
    case 'http':
      return answer(runtime, context, next);
    case 'ws':
    case 'rpc':
      return message(runtime, context, next);
    default:
      // A GraphQL operation runs many resolvers and commits once. Other context types have no session to commit.
      return next.handle();
  }
}

/** Nest sends the last value of an observable, and fails on one that is empty. */
function answer(runtime: SessionRuntime, context: ExecutionContext, next: CallHandler) {
  const traits = traitsOf(context);
  const exchange = traits.isAnsweredByNest ? exchangeOf(context) : undefined;
  const session = exchange && runtime.attachTo(exchange);
  if (!session?.enter()) return next.handle();
  session.beginHandler(exchange!);
  return holdLast(handled(session, next, traits.holdsResponse), (value) =>
    commitAnswer(session, value),
  );
}

function commitAnswer(session: HttpSession, value: unknown): Promise<unknown> | undefined {
  if (isServerError(value)) return undefined;
  return session.commit()?.catch((error: unknown) => {
    close(value);
    throw error;
  });
}

/** Each value is a message with its own commit, and completion commits too. An error waits for the values before it. */
function message(runtime: SessionRuntime, context: ExecutionContext, next: CallHandler) {
  const session = runtime.message(context);
  if (!session) return next.handle();
  return handled(session, next, true).pipe(
    materialize(),
    concatMap((event) => (event.kind === 'E' ? of(event) : committed(session, event))),
    dematerialize(),
  );
}

function handled(session: Running, next: CallHandler, isMarked: boolean): Observable<unknown> {
  return isMarked ? runAsHandlerOf(session, () => next.handle()) : next.handle();
}

function committed<T>(session: Running, value: T): Observable<T> {
  const commit = session.commit();
  if (!commit) return of(value);
  return from(commit).pipe(map(() => value));
}

/** Nest 12 copies the status of a web `Response` only when it sends it, which is after the commit. */
function isServerError(value: unknown): boolean {
  const isResponse = Object.prototype.toString.call(value) === '[object Response]';
  return isResponse && (value as Response).status >= FIRST_SERVER_ERROR;
}

/** Nest 11 leaves the file of an unsent `StreamableFile` open. */
function close(value: unknown): void {
  if (value instanceof StreamableFile) closeUnlessRead(value.getStream());
}
