import { type Fields, isShapedAsRecord } from './record-shape.js';
import { recordTooNew } from '../errors/session-errors.js';
import type { LiveRecord, SessionRecord } from './session-record.js';

/** Every field that a live record of this version may have. A newer version added any others. */
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
  lineage: true,
  issuedAt: true,
  renewedFrom: true,
};

/** Fields with the same meaning in every format: the session's user and lifetime, and none of its contents. */
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
  'lineage',
] as const satisfies readonly (keyof LiveRecord)[];

/** The outlines of refused records, by error. The errors themselves hold nothing of a record. */
const refused = new WeakMap<object, SessionRecord | undefined>();

/**
 * Copies to a record the fields of another that this version does not know.
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
 * The readable part of a record in a too new format: undefined if even the outline has changed shape. Never write it,
 * since it lacks the contents of the record.
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
