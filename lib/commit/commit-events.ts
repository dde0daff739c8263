import type { SessionEventType } from '../core/session/session-event.js';
import type { LiveRecord } from '../core/record/session-record.js';
import type { SessionPhase } from '../core/session/session-phase.js';
import type { Plan } from './plan.js';
import { lineageOf } from './lineage.js';

/**
 * An event with the key of the session: nothing in it may leave the process unchanged.
 *
 * @internal
 */
export interface CommitEvent {
  readonly type: SessionEventType;
  readonly key: string;
  readonly userId?: string;
  /** The request that caused it, if there was one. */
  readonly request?: object;
}

/**
 * The events of a commit.
 *
 * @internal
 */
export function eventsOf(
  call: Plan['call'],
  before: SessionPhase,
  after: SessionPhase,
): CommitEvent[] {
  switch (call) {
    case 'create':
    case 'save':
    case 'delete':
      return userEvents(before, after);
    case 'rotate':
      return [...eventsIn(after, 'rotated'), ...userEvents(before, after)];
    case 'renew':
      return [...eventsIn(after, 'renewed'), ...userEvents(before, after)];
    case 'none':
    case 'touch':
    case 'refuse':
      return [];
    default:
      return call satisfies never;
  }
}

/** @internal */
export function eventAbout(type: SessionEventType, record: LiveRecord): CommitEvent {
  const { userId } = record;
  return { type, key: lineageOf(record), ...(userId !== undefined && { userId }) };
}

function userEvents(before: SessionPhase, after: SessionPhase): CommitEvent[] {
  const [was, is] = [userIn(before), userIn(after)];
  if (was === is) return [];
  return [
    ...(was === undefined ? [] : eventsIn(before, 'signed-out')),
    ...(is === undefined ? [] : eventsIn(after, 'signed-in')),
  ];
}

function eventsIn(phase: SessionPhase, type: SessionEventType): CommitEvent[] {
  return phase.kind === 'live' ? [eventAbout(type, phase.record)] : [];
}

function userIn(phase: SessionPhase): string | undefined {
  return phase.kind === 'live' ? phase.record.userId : undefined;
}
