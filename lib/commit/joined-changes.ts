import { Changes } from '../core/session/changes.js';
import type { CommitRequest, SessionPhase } from '../core/session/session-phase.js';

const NO_CHANGES = new Changes();
const NO_DATA = Object.freeze({});

/** @internal */
export interface JoinedChanges {
  readonly changes: Changes;
  /** The result of each request's key update; undefined for a request without one. */
  readonly values: readonly unknown[];
}

/**
 * The result of applying the requests of one commit to a record, as if each were carried out after the one before it.
 *
 * @internal
 */
export function joinChanges(
  requests: readonly CommitRequest[],
  phase: SessionPhase,
): JoinedChanges {
  const data = phase.kind === 'live' ? phase.record.data : NO_DATA;
  const values: unknown[] = [];
  const changes = requests.reduce((before, { changes: own, keyUpdate }) => {
    const all = before.isEmpty ? own : before.followedBy(own);
    const value = keyUpdate?.compute(all.valueIn(data, keyUpdate.key));
    values.push(value);
    return keyUpdate ? all.with(keyUpdate.key, value) : all;
  }, NO_CHANGES);
  return { changes, values };
}
