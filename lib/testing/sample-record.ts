import type { Clock } from '../core/options/clock.js';
import { newRevision, revisionsAfter } from '../core/record/revision.js';
import { newSessionId, storeKeyOf } from '../core/record/session-id.js';
import { type LiveRecord, makeRecord, type RecordContent } from '../core/record/session-record.js';

const IDLE_MS = 60_000;
const ABSOLUTE_MS = 3_600_000;

/**
 * A record under a key of its own, with a lifetime of a minute by default.
 *
 * @internal
 */
export function sampleRecord(
  clock: Clock,
  content: Partial<RecordContent<LiveRecord>> = {},
): LiveRecord {
  const now = clock.now();
  return makeRecord<LiveRecord>({
    kind: 'live',
    key: storeKeyOf(newSessionId()),
    revision: newRevision(),
    recentRevisions: [],
    data: {},
    createdAt: now,
    expiresAt: now + IDLE_MS,
    absoluteExpiresAt: now + ABSOLUTE_MS,
    ...content,
  });
}

/**
 * The record as the next save would write it.
 *
 * @internal
 */
export function nextRecord(
  previous: LiveRecord,
  content: Partial<RecordContent<LiveRecord>> = {},
): LiveRecord {
  return makeRecord<LiveRecord>({
    ...previous,
    revision: newRevision(),
    recentRevisions: revisionsAfter(previous),
    ...content,
  });
}
