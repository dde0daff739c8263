import type { Clock } from '../../core/options/clock.js';
import { type LiveRecord, makeRecord, type Tombstone } from '../../core/record/session-record.js';
import type { SessionStore, UserIndex } from '../../core/record/session-store.js';
import { nextRecord, sampleRecord } from '../sample-record.js';

/** In the order of the keys, since a store promises none. */
export async function listByUser(store: SessionStore, userId: string): Promise<LiveRecord[]> {
  return byKey(await (store as SessionStore & UserIndex).listByUser(userId));
}

export function byKey(records: readonly LiveRecord[]): LiveRecord[] {
  return records.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** The new record first, then the tombstone in place of the old one, as in a commit. */
export async function rotated(
  store: SessionStore,
  previous: LiveRecord,
  clock: Clock,
): Promise<LiveRecord> {
  const { userId, createdAt, expiresAt } = previous;
  const next = sampleRecord(clock, { createdAt, ...(userId !== undefined && { userId }) });
  const { key, revision, recentRevisions } = nextRecord(previous);
  const head = { key, revision, recentRevisions, createdAt, expiresAt };
  await store.create(next);
  await store.save(
    makeRecord<Tombstone>({ kind: 'tombstone', ...head, absoluteExpiresAt: expiresAt }),
    previous.revision,
  );
  return next;
}
