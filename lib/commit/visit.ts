import { sessionGone } from '../core/session-errors.js';
import { Session } from '../core/session.js';
import type { LiveRecord } from '../core/session-record.js';

/**
 * Tells the visits of a user apart, across the rotations of each: the key that the visit began with.
 *
 * @internal
 */
export function visitOf({ visit, key }: LiveRecord): string {
  return visit ?? key;
}

/**
 * The visit of a session, loaded if need be; undefined where nothing is stored. Throws SESSION_GONE where a rotation has
 * left its id behind: under which one it goes on, nobody here knows.
 *
 * @internal
 */
export async function visitBehind(
  session: Session<object> | undefined,
): Promise<string | undefined> {
  if (!session) return undefined;
  await session.load();
  const { standing } = Session.stateOf(session);
  if (standing.kind === 'superseded') throw sessionGone();
  return standing.kind === 'live' ? visitOf(standing.record) : undefined;
}

/**
 * One record of each visit, in the order in which they became the user's by the clocks of the servers; those of one
 * instant in an order that is the same for all who look. A visit that is being rotated has two records for a moment,
 * of which the newer one stays.
 *
 * @internal
 */
export function visitsIn(records: readonly LiveRecord[]): LiveRecord[] {
  const newest = new Map<string, LiveRecord>();
  for (const record of records.toSorted((one, other) => one.expiresAt - other.expiresAt))
    newest.set(visitOf(record), record);
  return [...newest.values()].toSorted(bySignIn);
}

function bySignIn(one: LiveRecord, other: LiveRecord): number {
  const difference = signedInAt(one) - signedInAt(other);
  return difference || (visitOf(one) < visitOf(other) ? -1 : 1);
}

function signedInAt(record: LiveRecord): number {
  return record.signedInAt ?? record.createdAt;
}
