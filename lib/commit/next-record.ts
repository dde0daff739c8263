import type { Changes } from '../core/session/changes.js';
import type { LifetimePolicy } from '../core/options/lifetime.js';
import { freshDeadlines, idleDeadline, type Deadlines } from '../core/options/deadlines.js';
import { keepUnknownFields } from '../core/record/newer-record.js';
import { type RevisionSource, revisionsAfter } from '../core/record/revision.js';
import { sessionTooLarge } from '../core/errors/session-errors.js';
import type { CommitSettings } from './commit-settings.js';
import {
  encodeRecord,
  type LiveRecord,
  makeRecord,
  type RecordContent,
} from '../core/record/session-record.js';
import { lineageOf } from './lineage.js';

/**
 * What a new record takes from the one it replaces: everything at a rotation, nothing for a new visitor.
 *
 * @internal
 */
export type Origin = Pick<LiveRecord, 'data' | 'userId' | 'signedInAt' | 'lifetime' | 'lineage'> & {
  readonly key?: string;
  readonly createdAt?: number;
};

/** @internal */
export type RenewedFrom = NonNullable<LiveRecord['renewedFrom']>;

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

/**
 * The inputs of the next write, which each revision identifies.
 *
 * @internal
 */
export function nextWrite({ lifetimes, clock }: CommitSettings, revisions: RevisionSource): Write {
  return { policy: lifetimes, revision: revisions.next(), now: clock.now() };
}

/** The record itself; throws SESSION_TOO_LARGE if it exceeds the size limit. @internal */
export function sizedRecord(record: LiveRecord, { recordBytes }: CommitSettings): LiveRecord {
  const bytes = Buffer.byteLength(encodeRecord(record));
  if (bytes > recordBytes) throw sessionTooLarge(bytes, recordBytes);
  return record;
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
  previous: LiveRecord,
  renewal: { readonly key: string; readonly renewedFrom: RenewedFrom },
  changes: Changes,
  write: Write,
): LiveRecord {
  const origin = {
    ...previous,
    ...renewal,
    lineage: lineageOf(previous),
    issuedAt: write.now,
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
