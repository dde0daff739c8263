import type { SessionEventType } from '../core/session-event.js';
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
      return [...newsAbout('rotated', after), ...newsOfUser(before, after)];
    case 'renew':
      return [...newsAbout('renewed', after), ...newsOfUser(before, after)];
    case 'none':
    case 'touch':
    case 'refuse':
      return [];
    default:
      return call satisfies never;
  }
}

function newsOfUser(before: Standing, after: Standing): SessionNews[] {
  const [was, is] = [userIn(before), userIn(after)];
  if (was === is) return [];
  return [
    ...(was === undefined ? [] : newsAbout('signed-out', before)),
    ...(is === undefined ? [] : newsAbout('signed-in', after)),
  ];
}

function newsAbout(type: SessionEventType, standing: Standing): SessionNews[] {
  if (standing.kind !== 'live') return [];
  const { userId } = standing.record;
  return [{ type, key: visitOf(standing.record), ...(userId !== undefined && { userId }) }];
}

function userIn(standing: Standing): string | undefined {
  return standing.kind === 'live' ? standing.record.userId : undefined;
}
