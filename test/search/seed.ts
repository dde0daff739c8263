import { parseLifetimeOptions } from '../../lib/core/options/lifetime.js';
import { freshDeadlines } from '../../lib/core/options/deadlines.js';
import { newRevision } from '../../lib/core/record/revision.js';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { type LiveRecord, makeRecord } from '../../lib/core/record/session-record.js';

export const SEED_ID = newSessionId();
export const SEED_KEY = storeKeyOf(SEED_ID);
export const SEED_DATA = { z: 1, a: 1, d: 1, n: 0, t: 1 } as const;
const SEED_REVISION = newRevision();

/** The session that the browser has at first, which is ann's. */
export function seedRecord(createdAt: number): LiveRecord {
  return makeRecord<LiveRecord>({
    kind: 'live',
    key: SEED_KEY,
    revision: SEED_REVISION,
    recentRevisions: [],
    data: SEED_DATA,
    userId: 'ann',
    signedInAt: createdAt,
    createdAt,
    ...freshDeadlines(parseLifetimeOptions({}), undefined, createdAt),
  });
}
