import type { SessionEventType } from '../core/session-event.js';
import type { LiveRecord } from '../core/session-record.js';
import type { Standing } from '../core/standing.js';
import type { Plan } from './plan.js';
import { visitOf } from './visit.js';

/**
 * What happened, with what names the session: nothing that may leave the process as it is.
 *
 * @internal
 */
export interface SessionNews {
  readonly type: SessionEventType;
  readonly key: string;
  readonly userId?: string;
  /** The request that did it, where it was one. */
  readonly request?: object;
}

/**
 * What is worth telling of a commit.
 *
 * @internal
 */
export function newsOf(call: Plan['call'], before: Standing, after: Standing): SessionNews[] {
  switch (call) {
    case 'create':
    case 'save':
    case 'delete':
      return newsOfUser(before, after);
    case 'rotate':
      return [...newsIn(after, 'rotated'), ...newsOfUser(before, after)];
    case 'renew':
      return [...newsIn(after, 'renewed'), ...newsOfUser(before, after)];
    case 'none':
    case 'touch':
    case 'refuse':
      return [];
    default:
      return call satisfies never;
  }
}

/** @internal */
export function newsAbout(type: SessionEventType, record: LiveRecord): SessionNews {
  const { userId } = record;
  return { type, key: visitOf(record), ...(userId !== undefined && { userId }) };
}

function newsOfUser(before: Standing, after: Standing): SessionNews[] {
  const [was, is] = [userIn(before), userIn(after)];
  if (was === is) return [];
  return [
    ...(was === undefined ? [] : newsIn(before, 'signed-out')),
    ...(is === undefined ? [] : newsIn(after, 'signed-in')),
  ];
}

function newsIn(standing: Standing, type: SessionEventType): SessionNews[] {
  return standing.kind === 'live' ? [newsAbout(type, standing.record)] : [];
}

function userIn(standing: Standing): string | undefined {
  return standing.kind === 'live' ? standing.record.userId : undefined;
}
