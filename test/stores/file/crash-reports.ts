import type { SessionRecord } from 'nestjs-sessions';

/** What a writer was answered: the session it wrote and the number in it. Or what it saw and must not: part of a record. */
export type Report = readonly [
  what: 'saved' | 'created' | 'deleted' | 'torn' | 'lost',
  key: string,
  n: number,
];

/** Longer than a test runs. */
export const LIFE_MS = 3_600_000;

/** Data of several blocks that only fits together whole. */
export function contentOf(n: number): Record<string, unknown> {
  return { n, text: `${n},`.repeat(4_000), again: n };
}

export function isWhole(record: SessionRecord): boolean {
  if (record.kind !== 'live') return false;
  const { n, text, again } = record.data;
  return again === n && text === `${String(n)},`.repeat(4_000);
}
