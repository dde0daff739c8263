import { sessionGone } from '../core/errors/session-errors.js';
import { Session } from '../core/session/session.js';
import type { LiveRecord } from '../core/record/session-record.js';

/**
 * Identifies a session across its rotations: the first key of its lineage.
 *
 * @internal
 */
export function lineageOf({ lineage, key }: LiveRecord): string {
  return lineage ?? key;
}

/**
 * The lineage of a session, loaded if need be; undefined if nothing is stored. Throws SESSION_GONE after a rotation has
 * replaced its id, since this request cannot know the new one.
 *
 * @internal
 */
export async function lineageBehind(
  session: Session<object> | undefined,
): Promise<string | undefined> {
  if (!session) return undefined;
  await session.load();
  const { phase } = Session.stateOf(session);
  if (phase.kind === 'rotated-away') throw sessionGone();
  return phase.kind === 'live' ? lineageOf(phase.record) : undefined;
}

/**
 * One record of each lineage, in the order in which the user got them by the clocks of the servers. For equal instants,
 * the order is the same for every caller. A lineage that is being rotated briefly has two records, of which the newer
 * one stays.
 *
 * @internal
 */
export function lineagesIn(records: readonly LiveRecord[]): LiveRecord[] {
  const newest = new Map<string, LiveRecord>();
  for (const record of records.toSorted((one, other) => one.expiresAt - other.expiresAt))
    newest.set(lineageOf(record), record);
  return [...newest.values()].toSorted(bySignIn);
}

function bySignIn(one: LiveRecord, other: LiveRecord): number {
  const difference = signedInAt(one) - signedInAt(other);
  return difference || (lineageOf(one) < lineageOf(other) ? -1 : 1);
}

function signedInAt(record: LiveRecord): number {
  return record.signedInAt ?? record.createdAt;
}
