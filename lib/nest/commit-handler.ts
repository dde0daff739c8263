import { type CallHandler, type ExecutionContext, StreamableFile } from '@nestjs/common';
import {
  concatMap,
  dematerialize,
  endWith,
  from,
  map,
  materialize,
  type Observable,
  of,
  pairwise,
  tap,
} from 'rxjs';
import { traitsOf } from './handler-traits.js';
import { closeUnlessRead } from './hold-policy.js';
import type { HttpSession, HttpSessionHost } from './http-session.js';
import { runAsHandlerOf } from './running-handler.js';

const END = Symbol('end');

/**
 * Runs a handler and writes what it changed before what it returned goes on. The first to do so for a request does it
 * for all, however often an interceptor is bound.
 *
 * @internal
 */
export function commitHandler(
  host: HttpSessionHost,
  context: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  switch (context.getType<string>()) {
    case 'http':
      return answer(host, context, next);
    case 'ws':
      return message(host, context, next);
    default:
      // One commit per GraphQL operation, which has many resolvers. Elsewhere there is no session to commit.
      return next.handle();
  }
}

/** The last value is the answer. An observable that has none ends as an error of Nest's. */
function answer(host: HttpSessionHost, context: ExecutionContext, next: CallHandler) {
  const traits = traitsOf(context);
  const session = traits.isAnsweredByNest ? host.attach(context) : undefined;
  if (!session?.enter()) return next.handle();
  session.beginHandler(context.switchToHttp().getResponse(), traits.headers);
  return handled(session, next, traits.holdsResponse).pipe(
    endWith(END),
    pairwise(),
    concatMap(([value, following]) => (following === END ? committed(session, value) : of(value))),
  );
}

/** Each value is a message, and what follows the last one is written too. An error waits for the values before it. */
function message(host: HttpSessionHost, context: ExecutionContext, next: CallHandler) {
  const session = host.attach(context);
  if (!session?.enter()) return next.handle();
  return handled(session, next, true).pipe(
    materialize(),
    concatMap((event) => (event.kind === 'E' ? of(event) : committed(session, event))),
    dematerialize(),
  );
}

function handled(session: HttpSession, next: CallHandler, isMarked: boolean): Observable<unknown> {
  return isMarked ? runAsHandlerOf(session, () => next.handle()) : next.handle();
}

function committed<T>(session: HttpSession, value: T): Observable<T> {
  const commit = session.commit();
  if (!commit) return of(value);
  return from(commit).pipe(
    tap({ error: () => close(value) }),
    map(() => value),
  );
}

/** Nobody else would close a file that is not sent: Nest 11 leaves it open. */
function close(value: unknown): void {
  if (value instanceof StreamableFile) closeUnlessRead(value.getStream());
}
