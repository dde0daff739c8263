import type { Changes } from '../core/session/changes.js';
import {
  freshDeadlines,
  idleDeadline,
  type Deadlines,
  type LifetimePolicy,
  RENEWAL_GRACE_MS,
} from '../core/options/lifetime.js';
import { keepUnknownFields } from '../core/record/newer-record.js';
import { revisionsAfter } from '../core/record/revision.js';
import {
  type LiveRecord,
  makeRecord,
  type RecordContent,
  type Tombstone,
  type RenewedTo,
} from '../core/record/session-record.js';
import { lineageOf } from './lineage.js';

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
 * What a new record takes from the one it replaces: everything at a rotation, nothing for a new visitor.
 *
 * @internal
 */
export type Origin = Pick<LiveRecord, 'data' | 'userId' | 'signedInAt' | 'lifetime' | 'lineage'> & {
  readonly key?: string;
  readonly createdAt?: number;
};

type RenewedFrom = NonNullable<LiveRecord['renewedFrom']>;

/**
 * The inputs of any write.
 *
 * @internal
 */
export interface Write {
  readonly policy: LifetimePolicy;
  readonly revision: string;
  readonly now: number;
}

type Content = {
  -readonly [Field in keyof RecordContent<LiveRecord>]: RecordContent<LiveRecord>[Field];
};

/** @internal */
export const NO_ORIGIN: Origin = Object.freeze({ data: Object.freeze({}) });

/**
 * The first record under a key.
 *
 * @internal
 */
export function firstRecord(
  key: string,
  origin: Origin,
  changes: Changes,
  { policy, revision, now }: Write,
): LiveRecord {
  const { expiresAt, absoluteExpiresAt } = freshDeadlines(policy, changes.lifetimeIn(origin), now);
  const content: Content = {
    kind: 'live',
    key,
    revision,
    recentRevisions: [],
    createdAt: origin.createdAt ?? now,
    expiresAt,
    absoluteExpiresAt,
    data: changes.dataIn(origin.data),
  };
  if (origin.createdAt !== undefined && policy.renewEveryMs !== Infinity) content.issuedAt = now;
  const lineage = origin.lineage ?? origin.key;
  if (lineage !== undefined) content.lineage = lineage;
  return liveRecord(content, origin, changes, now);
}

/**
 * The record with the changes applied, and with this use counted.
 *
 * @internal
 */
export function changedRecord(previous: LiveRecord, changes: Changes, write: Write): LiveRecord {
  const { expiresAt, absoluteExpiresAt } = deadlinesAfter(previous, changes, write);
  const content: Content = {
    kind: 'live',
    key: previous.key,
    revision: write.revision,
    recentRevisions: revisionsAfter(previous),
    createdAt: previous.createdAt,
    expiresAt,
    absoluteExpiresAt,
    data: changes.dataIn(previous.data),
  };
  if (previous.issuedAt !== undefined) content.issuedAt = previous.issuedAt;
  if (previous.renewedFrom) content.renewedFrom = previous.renewedFrom;
  if (previous.lineage !== undefined) content.lineage = previous.lineage;
  return liveRecord(content, previous, changes, write.now);
}

/**
 * The record under the key of a renewed id: as {@link changedRecord}, but for the key and the link to the old record.
 *
 * @internal
 */
export function renewedRecord(
  key: string,
  previous: LiveRecord,
  renewedFrom: RenewedFrom,
  changes: Changes,
  write: Write,
): LiveRecord {
  const origin = {
    ...previous,
    key,
    lineage: lineageOf(previous),
    issuedAt: write.now,
    renewedFrom,
  };
  return changedRecord(origin, changes, write);
}

/**
 * The record as it was before another one replaced it.
 *
 * @internal
 */
export function restoredRecord(
  previous: LiveRecord,
  replacement: LiveRecord,
  revision: string,
): LiveRecord {
  return { ...previous, revision, recentRevisions: revisionsAfter(replacement) };
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

/**
 * Adds the optional fields, and those that a newer version gave the previous record. Sets fields one by one, since
 * spreading objects costs several times as much.
 */
function liveRecord(content: Content, origin: Origin, changes: Changes, now: number): LiveRecord {
  const userId = changes.userIdIn(origin);
  const lifetime = changes.lifetimeIn(origin);
  if (userId !== undefined) {
    const signedInAt = userId === origin.userId ? origin.signedInAt : now;
    content.userId = userId;
    if (signedInAt !== undefined) content.signedInAt = signedInAt;
  }
  if (lifetime) content.lifetime = lifetime;
  keepUnknownFields(origin, content);
  return makeRecord<LiveRecord>(content);
}

/** A save counts as use. Only a change of lifetime moves the absolute limit, and only to or from a date. */
function deadlinesAfter(previous: LiveRecord, changes: Changes, { policy, now }: Write): Deadlines {
  const rule = changes.lifetimeIn(previous);
  const isDated = rule?.kind === 'date' || previous.lifetime?.kind === 'date';
  if (changes.lifetime && isDated) return freshDeadlines(policy, rule, now);
  const { absoluteExpiresAt } = previous;
  return { expiresAt: idleDeadline(policy, rule, now, absoluteExpiresAt), absoluteExpiresAt };
}
