import { type Fields, isShapedAsRecord } from './record-shape.js';
import { recordTooNew } from './session-errors.js';
import type { LiveRecord, SessionRecord } from './session-record.js';

/** What each live record of this version may have. Whatever else one has, a newer version added. */
const KNOWN: Readonly<Record<keyof LiveRecord, true>> = {
  kind: true,
  key: true,
  revision: true,
  recentRevisions: true,
  createdAt: true,
  expiresAt: true,
  absoluteExpiresAt: true,
  format: true,
  data: true,
  userId: true,
  signedInAt: true,
  lifetime: true,
  visit: true,
  issuedAt: true,
  predecessor: true,
};

/** What means the same in every format: whose a session is, and how long it lives. Nothing of what it holds. */
const OUTLINE = [
  'kind',
  'key',
  'revision',
  'createdAt',
  'expiresAt',
  'absoluteExpiresAt',
  'format',
  'userId',
  'signedInAt',
  'visit',
] as const satisfies readonly (keyof LiveRecord)[];

/** The outlines of records that were refused, by the error. Errors themselves hold nothing of a record. */
const refused = new WeakMap<object, SessionRecord | undefined>();

/**
 * Has a record keep the fields of another that this version does not know.
 *
 * @internal
 */
export function keepUnknownFields(from: object, to: object): void {
  for (const field of Object.keys(from)) {
    if (!Object.hasOwn(KNOWN, field)) Reflect.set(to, field, Reflect.get(from, field));
  }
}

/**
 * The error for a record in a newer format than the one this version reads.
 *
 * @internal
 */
export function tooNew(value: Fields & { readonly format: number }, readable: number): Error {
  const error = recordTooNew(value.format, readable);
  refused.set(error, outlineOf(value));
  return error;
}

/** @internal */
export function isTooNew(error: unknown): boolean {
  return typeof error === 'object' && error !== null && refused.has(error);
}

/**
 * What is known of the record that was too new: undefined if not even that has the shape it had. Not to be written: it
 * lacks what the record holds.
 *
 * @internal
 */
export function outlineIn(error: unknown): SessionRecord | undefined {
  return isTooNew(error) ? refused.get(error as object) : undefined;
}

function outlineOf(value: Fields): SessionRecord | undefined {
  const outline: Fields = { recentRevisions: [], data: {} };
  for (const field of OUTLINE) if (value[field] !== undefined) outline[field] = value[field];
  return isShapedAsRecord(outline) ? (outline as unknown as SessionRecord) : undefined;
}
