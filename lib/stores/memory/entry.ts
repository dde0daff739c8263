import type { SessionRecord } from '../../core/record/session-record.js';

/**
 * What the memory store keeps of a session.
 *
 * @internal
 */
export interface Entry {
  text: string;
  revision: string;
  userId: string | undefined;
  expiresAt: number;
  /** The expiry under which the key was last filed; the true one may be later. */
  filedFor: number;
  /** Whether it was found to have expired: it stays so, even if the clock steps back. */
  isOver: boolean;
}

/** @internal */
export function newEntry({ revision, expiresAt }: SessionRecord, text: string): Entry {
  return { text, revision, userId: undefined, expiresAt, filedFor: expiresAt, isOver: false };
}
