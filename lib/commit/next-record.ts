import type { Changes } from '../core/changes.js';
import {
  freshDeadlines,
  idleDeadline,
  type Deadlines,
  type LifetimePolicy,
  RENEWAL_GRACE_MS,
} from '../core/lifetime.js';
import { keepUnknownFields } from '../core/newer-record.js';
import { revisionsAfter } from '../core/revision.js';
import {
  type LiveRecord,
  makeRecord,
  type RecordContent,
  type RotationMarker,
  type Successor,
} from '../core/session-record.js';
import { visitOf } from './visit.js';

/**
 * How long a rotated session leaves its marker: longer than a request takes, so that a slow response with the old id
 * does not clear the new cookie. The marker gives access to nothing, so time is all it costs.
 */
const MARKER_LIFETIME_MS = 5 * 60_000;

/** Instant of the rotation that left a marker, by the clock of the server that rotated. @internal */
export function rotatedAt({ absoluteExpiresAt }: RotationMarker): number {
  return absoluteExpiresAt - MARKER_LIFETIME_MS;
}

/**
 * What a new record takes from the one it replaces: all of it at a rotation, nothing for a new visitor.
 *
 * @internal
 */
export type Origin = Pick<LiveRecord, 'data' | 'userId' | 'signedInAt' | 'lifetime' | 'visit'> & {
  readonly key?: string;
  readonly createdAt?: number;
};

type Predecessor = NonNullable<LiveRecord['predecessor']>;

/**
 * What a write is made with, whatever it writes.
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
  const visit = origin.visit ?? origin.key;
  if (visit !== undefined) content.visit = visit;
  return liveRecord(content, origin, changes, now);
}

/**
 * The record with the changes applied, used now.
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
  if (previous.predecessor) content.predecessor = previous.predecessor;
  if (previous.visit !== undefined) content.visit = previous.visit;
  return liveRecord(content, previous, changes, write.now);
}

/**
 * The record under the key of a renewed id: as {@link changedRecord}, but for the key and what led there.
 *
 * @internal
 */
export function renewedRecord(
  key: string,
  previous: LiveRecord,
  predecessor: Predecessor,
  changes: Changes,
  write: Write,
): LiveRecord {
  const origin = { ...previous, key, visit: visitOf(previous), issuedAt: write.now, predecessor };
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
 * What a rotation turns the old record into: a wall, behind which requests with the old id see no session.
 *
 * @internal
 */
export function markerAfter(
  previous: LiveRecord,
  { revision, now }: Omit<Write, 'policy'>,
): RotationMarker {
  return marker(previous, revision, now + MARKER_LIFETIME_MS);
}

/**
 * What a renewal turns the old record into: a way to the new one, open for as long as the session may last.
 *
 * @internal
 */
export function wayAfter(previous: LiveRecord, { revision, salt }: Predecessor): RotationMarker {
  return marker(previous, revision, previous.absoluteExpiresAt, { salt });
}

/**
 * The way to a record whose id a request presented now: about to close, and kept so that late use is noticed.
 *
 * @internal
 */
export function closingWay(
  { key, revision: previous, salt }: Predecessor,
  { createdAt, recentRevisions }: LiveRecord,
  { revision, now, policy }: Write,
): RotationMarker {
  const { renewEveryMs } = policy;
  const isRenewing = renewEveryMs !== Infinity;
  const expiresAt = now + Math.max(MARKER_LIFETIME_MS, isRenewing ? renewEveryMs : 0);
  const old = { key, revision: previous, recentRevisions, createdAt };
  return marker(old, revision, expiresAt, { salt, until: now + RENEWAL_GRACE_MS });
}

function marker(
  previous: Pick<LiveRecord, 'key' | 'revision' | 'recentRevisions' | 'createdAt'>,
  revision: string,
  expiresAt: number,
  successor?: Successor,
): RotationMarker {
  return makeRecord<RotationMarker>({
    kind: 'marker',
    key: previous.key,
    revision,
    recentRevisions: revisionsAfter(previous),
    createdAt: previous.createdAt,
    expiresAt,
    absoluteExpiresAt: expiresAt,
    ...(successor && { successor }),
  });
}

/** Adds what not every record has, and what a newer version gave the one before. Fields are set one by one since spreading objects costs several times as much. */
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
