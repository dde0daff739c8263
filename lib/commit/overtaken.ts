import type { SessionRecord } from '../core/record/session-record.js';

/**
 * Nothing was written, since another request was first; `found` is what that one stored, if known.
 *
 * @internal
 */
export interface Overtaken {
  readonly kind: 'overtaken';
  readonly found?: SessionRecord;
}

/** @internal */
export const OVERTAKEN: Overtaken = Object.freeze({ kind: 'overtaken' });
