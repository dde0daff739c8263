import { randomBytes } from 'node:crypto';
import type { SessionRecord } from './session-record.js';

/** Number of writers whose last revision a record remembers: the most recent ones. */
const REMEMBERED_WRITERS = 16;
const RANDOM_BYTES = 9;
/** Length of the writer's name, in front of the counter. */
const NAME_LENGTH = (RANDOM_BYTES / 3) * 4;

/** Ends each revision, so that none is a prefix of another. */
const END_MARK = '.';

/**
 * Makes the revisions of one writer. A writer writes a session again only once the outcome of its last write is known
 * or given up. Unique: 72 random bits, then a counter.
 *
 * @internal
 */
export class RevisionSource {
  readonly #name = randomBytes(RANDOM_BYTES).toString('base64url');
  #count = 0;

  next(): string {
    return this.#name + (this.#count++).toString(36) + END_MARK;
  }
}

/**
 * A revision for a writer that writes once.
 *
 * @internal
 */
export function newRevision(): string {
  return new RevisionSource().next();
}

/**
 * The revisions that a record remembers once `previous` is overwritten: the last of each writer. A writer therefore
 * finds its own, however often others write.
 *
 * @internal
 */
export function revisionsAfter({
  recentRevisions,
  revision,
}: Pick<SessionRecord, 'recentRevisions' | 'revision'>): readonly string[] {
  const others = recentRevisions.filter((recent) => writerOf(recent) !== writerOf(revision));
  return [...others.slice(1 - REMEMBERED_WRITERS), revision];
}

/**
 * Whether the save with that revision, its writer's last, wrote this record or one before it.
 *
 * @internal
 */
export function bearsRevision(record: SessionRecord, revision: string): boolean {
  return record.revision === revision || record.recentRevisions.includes(revision);
}

function writerOf(revision: string): string {
  return revision.slice(0, NAME_LENGTH);
}
