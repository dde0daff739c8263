import { MAX_DEPTH } from './stored-value.js';
import { isUserId } from './user-id.js';

/** @internal */
export type Fields = Record<string, unknown>;

/** Deeper than what the library stores, with the levels that it adds, and far from what would overflow a stack. */
const MAX_RECORD_DEPTH = 2 * MAX_DEPTH;

type Check = (value: unknown) => boolean;

/**
 * Whether it has the fields of a record, each of its type, so that nothing of it can fail where it is used.
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
    case 'marker':
      return hasFields(value, MARKER);
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

const PREDECESSOR = { key: isText, revision: isText, salt: isText } satisfies Record<string, Check>;
const SUCCESSOR = { salt: isText, until: optional(isInstant) } satisfies Record<string, Check>;

const LIVE = {
  data: isObject,
  userId: optional(isUserId),
  signedInAt: optional(isInstant),
  lifetime: optional(isLifetimeRule),
  visit: optional(isText),
  issuedAt: optional(isInstant),
  predecessor: optional((value) => isObject(value) && hasFields(value, PREDECESSOR)),
} satisfies Record<string, Check>;

const MARKER = {
  successor: optional((value) => isObject(value) && hasFields(value, SUCCESSOR)),
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
  return levels > 0 && Object.values(value).every((part) => isFlat(part, levels - 1));
}
