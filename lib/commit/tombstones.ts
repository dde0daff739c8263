import { RENEWAL_GRACE_MS } from '../core/options/lifetime.js';
import { revisionsAfter } from '../core/record/revision.js';
import {
  type LiveRecord,
  makeRecord,
  type RenewedTo,
  type Tombstone,
} from '../core/record/session-record.js';
import type { RenewedFrom, Write } from './next-record.js';

/**
 * How long a rotated session leaves its tombstone: longer than a request takes, so that a slow response with the old id
 * does not clear the new cookie. The tombstone gives access to nothing, so time is all it costs.
 */
const TOMBSTONE_LIFETIME_MS = 5 * 60_000;

/** Instant of the rotation that left a tombstone, by the clock of the server that rotated. @internal */
export function rotatedAt({ absoluteExpiresAt }: Tombstone): number {
  return absoluteExpiresAt - TOMBSTONE_LIFETIME_MS;
}

/**
 * The tombstone that a rotation leaves in place of the old record: requests with the old id get no session.
 *
 * @internal
 */
export function tombstoneAfter(
  previous: LiveRecord,
  { revision, now }: Omit<Write, 'policy'>,
): Tombstone {
  return tombstone(previous, revision, now + TOMBSTONE_LIFETIME_MS);
}

/**
 * The tombstone that a renewal leaves in place of the old record: it redirects to the new one for the rest of the
 * session's lifetime.
 *
 * @internal
 */
export function redirectAfter(previous: LiveRecord, { revision, salt }: RenewedFrom): Tombstone {
  return tombstone(previous, revision, previous.absoluteExpiresAt, { salt });
}

/**
 * The tombstone once a request has confirmed the renewal: it redirects for a grace period, and stays longer so that the
 * library notices late use.
 *
 * @internal
 */
export function closingRedirect(
  { key, revision: previous, salt }: RenewedFrom,
  { createdAt, recentRevisions }: LiveRecord,
  { revision, now, policy }: Write,
): Tombstone {
  const { renewEveryMs } = policy;
  const isRenewing = renewEveryMs !== Infinity;
  const expiresAt = now + Math.max(TOMBSTONE_LIFETIME_MS, isRenewing ? renewEveryMs : 0);
  const old = { key, revision: previous, recentRevisions, createdAt };
  return tombstone(old, revision, expiresAt, { salt, until: now + RENEWAL_GRACE_MS });
}

function tombstone(
  previous: Pick<LiveRecord, 'key' | 'revision' | 'recentRevisions' | 'createdAt'>,
  revision: string,
  expiresAt: number,
  renewedTo?: RenewedTo,
): Tombstone {
  return makeRecord<Tombstone>({
    kind: 'tombstone',
    key: previous.key,
    revision,
    recentRevisions: revisionsAfter(previous),
    createdAt: previous.createdAt,
    expiresAt,
    absoluteExpiresAt: expiresAt,
    ...(renewedTo && { renewedTo }),
  });
}
