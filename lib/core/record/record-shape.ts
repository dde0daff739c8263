import { MAX_DEPTH } from './stored-value.js';
import { isUserId } from './user-id.js';

/** @internal */
export type Fields = Record<string, unknown>;

/** Deeper than anything the library stores, including the levels it adds, and far from overflowing a stack. */
const MAX_RECORD_DEPTH = 2 * MAX_DEPTH;

type Check = (value: unknown) => boolean;

/**
 * Whether a value has the fields of a record, each of the right type, so that using them cannot fail.
 *
 * @internal
 */
export function isShapedAsRecord(value: Fields): boolean {
  return hasFields(value, HEAD) && hasBody(value) && isFlat(value, MAX_RECORD_DEPTH);
}

/** @internal */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasBody(value: Fields): boolean {
  switch (value.kind) {
    case 'live':
      return hasFields(value, LIVE);
    case 'tombstone':
      return hasFields(value, TOMBSTONE);
    default:
      return false;
  }
}

const isText: Check = (value) => typeof value === 'string';
const isInstant: Check = (value) =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
const isSpan: Check = (value) => isInstant(value) && Number(value) > 0;

const HEAD = {
  key: isText,
  revision: isText,
  recentRevisions: (value) => Array.isArray(value) && value.every(isText),
  createdAt: isInstant,
  expiresAt: isInstant,
  absoluteExpiresAt: isInstant,
} satisfies Record<string, Check>;

const RENEWED_FROM = { key: isText, revision: isText, salt: isText } satisfies Record<
  string,
  Check
>;
const RENEWED_TO = { salt: isText, until: optional(isInstant) } satisfies Record<string, Check>;

const LIVE = {
  data: isObject,
  userId: optional(isUserId),
  signedInAt: optional(isInstant),
  lifetime: optional(isLifetimeRule),
  lineage: optional(isText),
  issuedAt: optional(isInstant),
  renewedFrom: optional((value) => isObject(value) && hasFields(value, RENEWED_FROM)),
} satisfies Record<string, Check>;

const TOMBSTONE = {
  renewedTo: optional((value) => isObject(value) && hasFields(value, RENEWED_TO)),
} satisfies Record<string, Check>;

function isLifetimeRule(value: unknown): boolean {
  if (!isObject(value)) return false;
  switch (value.kind) {
    case 'browser':
      return true;
    case 'inactivity':
      return isSpan(value.idleTimeoutMs);
    case 'date':
      return isInstant(value.at);
    default:
      return false;
  }
}

function hasFields(value: Fields, checks: Readonly<Record<string, Check>>): boolean {
  for (const field in checks) if (!checks[field]!(value[field])) return false;
  return true;
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function isFlat(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const part of parts) if (!isFlat(part, levels - 1)) return false;
  return true;
}
