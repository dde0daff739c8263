import { CLOCK_TOLERANCE_MS } from '../../core/options/clock.js';
import { encodeRecord, type SessionRecord } from '../../core/record/session-record.js';

/**
 * The fields of a record that scripts write: revision, expiresAt, record, forgetAt, owner.
 *
 * @internal
 */
export function contentOf(record: SessionRecord, owner: string): string[] {
  const { revision, expiresAt } = record;
  return [revision, String(expiresAt), encodeRecord(record), forgetAt(expiresAt), owner];
}

/**
 * The instant at which Redis removes a record, as an argument of scripts.
 *
 * @internal
 */
export function forgetAt(expiresAt: number): string {
  return String(Math.ceil(expiresAt) + CLOCK_TOLERANCE_MS);
}
