import { Session } from '../core/session/session.js';
import type { SessionData, Storable } from '../core/session/session-data.js';
import { isSessionId } from '../core/record/session-id.js';
import { SessionState } from '../core/session/session-state.js';
import type { SessionStore } from '../core/record/session-store.js';
import { type CommitOptions, parseCommitOptions } from './commit-settings.js';
import { SessionCommitter } from './committer.js';
import { StoreAccess } from './store-access.js';

/**
 * A session without a request, by id and store: for a cron job, a gateway, a script. Without an id, or with one that
 * is malformed, unknown or expired, it is new, and its first write gives it an id. Nothing is written before `save`,
 * `update` or `take`.
 *
 * @publicApi
 */
export function openSession<T extends Storable<T> = SessionData>(
  store: SessionStore,
  id?: string,
  options: CommitOptions = {},
): Session<T> {
  const { clock } = StoreAccess.to(store);
  const committer = new SessionCommitter(store, parseCommitOptions(options, clock));
  return new Session<T>(new SessionState(committer, presentedBy(id)));
}

/** @internal */
export function presentedBy(id: string | undefined): readonly string[] | undefined {
  return id === undefined
    ? undefined
    : [id].filter((id) => typeof id === 'string' && isSessionId(id));
}
