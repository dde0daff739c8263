import type { LifetimeRule } from '../options/lifetime.js';
import { tooNew } from './newer-record.js';
import { type Fields, isObject, isShapedAsRecord } from './record-shape.js';
import { recordUnreadable } from '../errors/session-errors.js';
import { fromStored, toStored } from './stored-format.js';

/**
 * The version of the record format that this library writes, and the only one it reads. It rises with a change that a
 * server of an older version would mishandle by merely keeping unknown fields.
 */
const FORMAT = 1;

interface RecordHead {
  /** The SHA-256 of the session id: all that a store ever learns of it. */
  readonly key: string;
  /** Opaque and unique per write: identifies this state of the record. */
  readonly revision: string;
  /**
   * The last revision of each recent writer, newest last, so that a commit whose answer was lost can find out that it
   * happened.
   */
  readonly recentRevisions: readonly string[];
  /** When the session, or its lineage before a rotation, began: milliseconds since the epoch. */
  readonly createdAt: number;
  /**
   * The instant from which the record counts as absent, unless a touch or a save moves it: milliseconds since the
   * epoch.
   */
  readonly expiresAt: number;
  /** The instant that no touch exceeds: milliseconds since the epoch, never before `expiresAt`. */
  readonly absoluteExpiresAt: number;
  /** The version of the record format in which it was written. */
  readonly format: number;
}

/**
 * The stored form of a live session.
 *
 * @publicApi
 */
export interface LiveRecord extends RecordHead {
  /** Distinguishes it from a tombstone. */
  readonly kind: 'live';
  /** The values of the session, by key. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The session's user; missing if nobody is signed in. */
  readonly userId?: string;
  /** When the user got the session: milliseconds since the epoch. */
  readonly signedInAt?: number;
  /** The lifetime set by `setLifetime`, in place of the module's. */
  readonly lifetime?: LifetimeRule;
  /** The session's first key, if a rotation has replaced it: the same across all rotations. */
  readonly lineage?: string;
  /** When the session got its present id, if not at its creation: milliseconds since the epoch. */
  readonly issuedAt?: number;
  /** The record before its id was renewed, until a request has presented the new id. */
  readonly renewedFrom?: Pick<RecordHead, 'key' | 'revision'> & Pick<RenewedTo, 'salt'>;
}

/**
 * Left by a rotation under the old key for a while. It gives requests with the old id no session, unless the id was
 * merely renewed.
 *
 * @publicApi
 */
export interface Tombstone extends RecordHead {
  /** Distinguishes it from a live session. */
  readonly kind: 'tombstone';
  /** Redirects to the new id, if the id was merely renewed. */
  readonly renewedTo?: RenewedTo;
}

/**
 * Leads from an old id to the one that renewed it, for a holder of the old id.
 *
 * @publicApi
 */
export interface RenewedTo {
  /** The new id is derived from this and the old id; it is not stored itself. */
  readonly salt: string;
  /**
   * The instant from which the old id is worthless: milliseconds since the epoch. Missing until the renewal is
   * confirmed.
   */
  readonly until?: number;
}

/**
 * The stored form of a session: plain data that survives JSON.
 *
 * @publicApi
 */
export type SessionRecord = LiveRecord | Tombstone;

/** @internal */
export type RecordContent<R extends SessionRecord> = Omit<R, 'format'>;

/**
 * Turns the object itself into a record, which spares a copy.
 *
 * @internal
 */
export function makeRecord<R extends SessionRecord>(content: RecordContent<R>): R {
  return Object.assign(content, { format: FORMAT }) as unknown as R;
}

/** The last encoded record, and its text: a commit measures a record right before its store writes it. */
let last: { readonly record: SessionRecord; readonly text: string } | undefined;

/**
 * Encodes a record as text. Records are immutable, so encoding one twice in a row costs nothing more.
 *
 * @publicApi
 */
export function encodeRecord(record: SessionRecord): string {
  if (last?.record !== record) last = { record, text: JSON.stringify(toStored(record)) };
  return last.text;
}

/** Decoding checks a record, and the library then trusts the one that a store returns. */
const decoded = new WeakSet<object>();

/**
 * Decodes a record that {@link encodeRecord} wrote. `expiresAt` is the store's own, if a touch has moved it since.
 * Fields that this version does not know stay in the record.
 *
 * Throws SESSION_STORE_UNAVAILABLE for a record in a newer format: a newer version of this library serves the session,
 * and this one neither serves nor ends it. Throws SESSION_RECORD_UNREADABLE for anything else: the session then counts
 * as absent. A store passes both on.
 *
 * @publicApi
 */
export function decodeRecord(text: string, expiresAt?: number): SessionRecord {
  const stored = parse(text);
  const record = isObject(stored) ? fromStored(stored) : stored;
  if (expiresAt !== undefined && isObject(record)) record.expiresAt = expiresAt;
  assertRecord(record);
  decoded.add(record);
  return record;
}

/**
 * Throws as {@link decodeRecord} does, unless the value has the shape of a record in the format of this version.
 *
 * @internal
 */
export function assertRecord(value: unknown): asserts value is SessionRecord {
  if (!isObject(value)) throw recordUnreadable('not an object');
  if (decoded.has(value)) return;
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
