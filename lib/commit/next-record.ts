import type { Changes } from '../core/changes.js';
import {
  freshDeadlines,
  idleDeadline,
  type Deadlines,
  type LifetimePolicy,
} from '../core/lifetime.js';
import { revisionsAfter } from '../core/revision.js';
import {
  type LiveRecord,
  makeRecord,
  type RecordContent,
  type RotationMarker,
} from '../core/session-record.js';

/**
 * How long a rotated session leaves its marker: longer than a request takes, so that a slow response with the old id
 * does not clear the new cookie. The marker gives access to nothing, so time is all it costs.
 */
const MARKER_LIFETIME_MS = 5 * 60_000;

/**
 * What a new record takes from the one it replaces: all of it at a rotation, nothing for a new visitor.
 *
 * @internal
 */
export type Origin = Pick<LiveRecord, 'data' | 'userId' | 'lifetime'> & {
  readonly createdAt?: number;
};

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
  return liveRecord(content, origin, changes);
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
  return liveRecord(content, previous, changes);
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
  const expiresAt = now + MARKER_LIFETIME_MS;
  return makeRecord<RotationMarker>({
    kind: 'marker',
    key: previous.key,
    revision,
    recentRevisions: revisionsAfter(previous),
    createdAt: previous.createdAt,
    expiresAt,
    absoluteExpiresAt: expiresAt,
  });
}

/** Adds what not every record has. Fields are set one by one since spreading objects costs several times as much. */
function liveRecord(content: Content, origin: Origin, changes: Changes): LiveRecord {
  const userId = changes.userIdIn(origin);
  const lifetime = changes.lifetimeIn(origin);
  if (userId !== undefined) content.userId = userId;
  if (lifetime) content.lifetime = lifetime;
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
