import { sessionGone } from '../core/errors/session-errors.js';
import type { SessionRecord } from '../core/record/session-record.js';
import type { NotSaved } from './save-result.js';

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

/** By whom a save was overtaken; throws SESSION_GONE if that ended the session. @internal */
export function overtakenBy(result: NotSaved): Overtaken {
  if (result.outcome === 'gone') throw sessionGone();
  return { kind: 'overtaken', found: result.found };
}
