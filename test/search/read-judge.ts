import { storeKeyOf } from '../../lib/core/record/session-id.js';
import type { AnswerJudge } from '../model/answer-judge.js';
import type { Change } from '../model/content.js';
import { Step } from '../model/step.js';
import type { Deed } from './deed.js';
import type { SearchRequest } from './search-request.js';

/** A read shows what the session held while the request ran, with the request's own changes on top. */
export function judgeRead(
  judge: AnswerJudge,
  request: SearchRequest,
  { key, value }: { readonly key: string; readonly value: unknown },
): void {
  const id = request.session.id ?? request.presented;
  const step = new Step({
    kind: 'read',
    request: { key: id && storeKeyOf(id), isLive: true, ownKeys: new Set() },
    changes: request.book.open.flatMap(changesOf),
    isRotation: false,
    beganAt: { instant: request.firstInstant, now: 0 },
  });
  judge.read(step, request.firstInstant, ({ data }) => data[key] === value);
}

function changesOf({ kind, key, value }: Deed): Change[] {
  if (kind === 'clear') return [{ kind }];
  if (kind === 'delete') return [{ kind, key: key! }];
  if (kind === 'set' || kind === 'set again') return [{ kind: 'set', key: key!, value: value! }];
  return [];
}
