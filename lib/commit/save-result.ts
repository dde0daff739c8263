import type { SessionRecord } from '../core/record/session-record.js';

/**
 * The verified outcome of a save; after a conflict, with the record that is stored instead.
 *
 * @internal
 */
export type SaveResult = { readonly outcome: 'saved' } | NotSaved;

/** @internal */
export type NotSaved =
  { readonly outcome: 'gone' } | { readonly outcome: 'conflict'; readonly found: SessionRecord };
