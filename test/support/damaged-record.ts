import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';

const MINUTE = 60_000;

/** A record with all the fields that there are, as stores keep it. */
export function live(key: string) {
  const now = Date.now();
  return {
    kind: 'live',
    key,
    revision: 'revision',
    recentRevisions: ['before'],
    createdAt: now - 10 * MINUTE,
    expiresAt: now + 10 * MINUTE,
    absoluteExpiresAt: now + 60 * MINUTE,
    format: 1,
    data: { cart: { items: [1] } },
    userId: 'ann',
    signedInAt: now - MINUTE,
    lifetime: { kind: 'inactivity', idleTimeoutMs: 20 * MINUTE },
    visit: 'visit',
    issuedAt: now - 9 * MINUTE,
    predecessor: { key: storeKeyOf(newSessionId()), revision: 'old', salt: 'salt' },
  };
}

export function marker(key: string) {
  const { revision, recentRevisions, createdAt, expiresAt, format } = live(key);
  const head = { key, revision, recentRevisions, createdAt, expiresAt, format };
  const successor = { salt: 'salt', until: expiresAt };
  return { kind: 'marker', ...head, absoluteExpiresAt: expiresAt, successor };
}

/** As a path of fields: a part of a part is damaged as well. */
export const LIVE_FIELDS = [
  ...Object.keys(live('')).map((field) => [field]),
  ...['key', 'revision', 'salt'].map((field) => ['predecessor', field]),
  ...['kind', 'idleTimeoutMs'].map((field) => ['lifetime', field]),
  ['lifetime', 'at'],
  ['data', 'cart'],
  ['data', '@sessions/flash/notice'],
  ['data', '@sessions/csrf'],
  ['recentRevisions', '0'],
  ['added'],
];
export const MARKER_FIELDS = [
  ...Object.keys(marker('')).map((field) => [field]),
  ['successor', 'salt'],
  ['successor', 'until'],
];

/** Stands for what `JSON.stringify` cannot write and `JSON.parse` reads. */
const DEEP = 'many levels';
const DEEP_TEXT = '['.repeat(5_000) + ']'.repeat(5_000);
const TEXTS_OF_NOTE = ['', 'live', 'marker', 'date', 'browser', '\0', '\ud800'];
export const VALUES_OF_NOTE: readonly unknown[] = [
  ...[
    undefined,
    null,
    {},
    [],
    [null],
    true,
    1.5,
    -1,
    0,
    1,
    1e308,
    9e15,
    1e13 + 0.5,
    ...TEXTS_OF_NOTE,
  ],
  ...[{ kind: 'date', at: 'soon' }, { kind: 'inactivity' }, { kind: 'else' }, { salt: 5 }],
  ...[DEEP, { a: [DEEP] }],
];

/** The record with another value in one of its fields, which a path names. */
export function damaged(
  record: object,
  [field = '', ...rest]: readonly string[],
  by: unknown,
): object {
  const before = Reflect.get(record, field) as object;
  const after = rest.length === 0 ? by : damaged(before, rest, by);
  return Object.assign(Array.isArray(record) ? [...(record as unknown[])] : { ...record }, {
    [field]: after,
  });
}

/** What a store would hold of it. */
export function textOf(record: object): string {
  return JSON.stringify(record).replace(`"${DEEP}"`, DEEP_TEXT);
}

/** A newer format is no damage. */
export function isNewer([field]: readonly string[], value: unknown): boolean {
  return field === 'format' && Number.isInteger(value) && Number(value) > 1;
}
