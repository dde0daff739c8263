import { randomBytes } from 'node:crypto';
import type { SessionRecord } from './session-record.js';

/** How many former revisions a record remembers: that many commits may follow one whose answer got lost. */
const REMEMBERED_REVISIONS = 16;

const processPrefix = randomBytes(9).toString('base64url');
let counter = 0;

/**
 * Names one state of a record. Unique per write: 72 random bits per process, then a counter.
 *
 * @internal
 */
export function newRevision(): string {
  return processPrefix + (counter++).toString(36);
}

/**
 * The revisions that a record remembers when `previous` is written over.
 *
 * @internal
 */
export function revisionsAfter(previous: SessionRecord): readonly string[] {
  return [...previous.recentRevisions.slice(1 - REMEMBERED_REVISIONS), previous.revision];
}

/**
 * Tells whether the record was written by the save of that revision, lately or last.
 *
 * @internal
 */
export function bearsRevision(record: SessionRecord, revision: string): boolean {
  return record.revision === revision || record.recentRevisions.includes(revision);
}
