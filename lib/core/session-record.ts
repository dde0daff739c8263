import type { LifetimeRule } from './lifetime.js';
import { tooNew } from './newer-record.js';
import { type Fields, isObject, isShapedAsRecord } from './record-shape.js';
import { recordUnreadable } from './session-errors.js';

/**
 * The version of the record format that this library writes, and the only one it reads. It goes up with a change that a
 * server would get wrong which merely keeps the fields it does not know.
 */
const FORMAT = 1;

interface RecordHead {
  /** The SHA-256 of the session id: all that a store ever sees of it. */
  readonly key: string;
  /** Opaque and unique per write: names this state of the record. */
  readonly revision: string;
  /**
   * The last revisions of those who wrote before, newest last, so that a commit whose answer got lost can find out that
   * it happened.
   */
  readonly recentRevisions: readonly string[];
  /** When the session, or the visit before a rotation, began: milliseconds since the epoch. */
  readonly createdAt: number;
  /** The instant from which the record counts as absent, unless a touch or a save moves it on: milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The instant that no touch goes beyond: milliseconds since the epoch, never before `expiresAt`. */
  readonly absoluteExpiresAt: number;
  readonly format: number;
}

/**
 * What a store keeps of a session that lives.
 *
 * @publicApi
 */
export interface LiveRecord extends RecordHead {
  readonly kind: 'live';
  readonly data: Readonly<Record<string, unknown>>;
  readonly userId?: string;
  /** When the session came to belong to its user: milliseconds since the epoch. */
  readonly signedInAt?: number;
  readonly lifetime?: LifetimeRule;
  /** The key under which the visit began, where a rotation has given it another since. */
  readonly visit?: string;
  /** When the session got its present id, if not when it was created: milliseconds since the epoch. */
  readonly issuedAt?: number;
  /** The record it had before its id was renewed, until a request has shown the new id. */
  readonly predecessor?: Pick<RecordHead, 'key' | 'revision'> & Pick<Successor, 'salt'>;
}

/**
 * What a rotation leaves under the old key for a while: requests with the old id see no session through it, unless the
 * id was merely renewed.
 *
 * @publicApi
 */
export interface RotationMarker extends RecordHead {
  readonly kind: 'marker';
  readonly successor?: Successor;
}

/**
 * What leads from an old id to the one that renewed it, for who knows the old id.
 *
 * @publicApi
 */
export interface Successor {
  /** The new id follows from this and the old id; it is not kept itself. */
  readonly salt: string;
  /** The instant from which the old id is worth nothing: milliseconds since the epoch. Open until the new id is seen. */
  readonly until?: number;
}

/**
 * What a store keeps: plain data that survives JSON.
 *
 * @publicApi
 */
export type SessionRecord = LiveRecord | RotationMarker;

/** @internal */
export type RecordContent<R extends SessionRecord> = Omit<R, 'format'>;

/**
 * Makes the object itself a record, sparing a copy.
 *
 * @internal
 */
export function makeRecord<R extends SessionRecord>(content: RecordContent<R>): R {
  return Object.assign(content, { format: FORMAT }) as unknown as R;
}

/** The record that was written last, and its text: a commit measures a record right before its store writes it. */
let last: { readonly record: SessionRecord; readonly text: string } | undefined;

/**
 * Writes a record as text. Records do not change, so it is not made twice in a row.
 *
 * @publicApi
 */
export function encodeRecord(record: SessionRecord): string {
  if (last?.record !== record) last = { record, text: JSON.stringify(record) };
  return last.text;
}

/**
 * Reads a record that {@link encodeRecord} wrote. `expiresAt` is the store's own, where a touch moved it since. Fields
 * that this version does not know stay in the record.
 *
 * Throws SESSION_STORE_UNAVAILABLE for a record in a newer format: a newer version of this library serves the session,
 * and this one neither serves nor ends it. Throws SESSION_RECORD_UNREADABLE for anything else: the session then counts
 * as absent. A store lets both pass.
 *
 * @publicApi
 */
export function decodeRecord(text: string, expiresAt?: number): SessionRecord {
  const record = parse(text);
  if (expiresAt !== undefined && isObject(record)) record.expiresAt = expiresAt;
  assertRecord(record);
  return record;
}

/**
 * Throws as {@link decodeRecord} does, unless the value has the shape of a record in the format of this version.
 *
 * @internal
 */
export function assertRecord(value: unknown): asserts value is SessionRecord {
  if (!isObject(value)) throw recordUnreadable('not an object');
  if (isNewer(value)) throw tooNew(value, FORMAT);
  if (value.format !== FORMAT) {
    const found = typeof value.format === 'number' ? `format ${value.format}` : 'no format';
    throw recordUnreadable(`${found}, and this version reads ${FORMAT}`);
  }
  if (!isShapedAsRecord(value)) throw recordUnreadable('a part is missing or of another type');
}

function isNewer(value: Fields): value is Fields & { readonly format: number } {
  return Number.isInteger(value.format) && Number(value.format) > FORMAT;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text holds values.
    throw recordUnreadable('not JSON');
  }
}
