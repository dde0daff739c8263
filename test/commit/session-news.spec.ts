import { newsOf } from '../../lib/commit/session-news.js';
import type { Plan } from '../../lib/commit/plan.js';
import type { LiveRecord } from '../../lib/core/session-record.js';
import type { Standing } from '../../lib/core/standing.js';

const NEW: Standing = { kind: 'new' };
const DESTROYED: Standing = { kind: 'destroyed' };
const nobody = live({});
const ann = live({ userId: 'ann' });
const eve = live({ userId: 'eve' });

describe('What is told of a commit', () => {
  it.each<[string, Plan['call'], Standing, Standing, string[]]>([
    ['a first visit', 'create', NEW, nobody, []],
    ['a login at the first visit', 'create', NEW, ann, ['signed-in ann']],
    ['a write', 'save', ann, ann, []],
    ['a login without rotation', 'save', nobody, ann, ['signed-in ann']],
    ['a logout that keeps the session', 'save', ann, nobody, ['signed-out ann']],
    ['another user', 'save', ann, eve, ['signed-out ann', 'signed-in eve']],
    ['a rotation', 'rotate', ann, ann, ['rotated ann']],
    ['a login', 'rotate', nobody, ann, ['rotated ann', 'signed-in ann']],
    ['a renewal', 'renew', ann, ann, ['renewed ann']],
    ['a renewal of a visitor', 'renew', nobody, nobody, ['renewed nobody']],
    ['a logout', 'delete', ann, DESTROYED, ['signed-out ann']],
    ['the end of a visit', 'delete', nobody, DESTROYED, []],
    ['a touch', 'touch', ann, ann, []],
    ['nothing', 'none', ann, ann, []],
  ])('%s', (_, call, before, after, told) => {
    const news = newsOf(call, before, after);
    expect(news.map(({ type, userId = 'nobody' }) => `${type} ${userId}`)).toEqual(told);
    expect(news.filter(({ key }) => key !== 'first key')).toEqual([]);
  });
});

/** A session that was rotated once, so that its key is another than the one it began with. */
function live(content: Partial<LiveRecord>): Standing {
  const record = { kind: 'live', key: 'second key', visit: 'first key', data: {}, ...content };
  return { kind: 'live', id: 'id', record: record as LiveRecord };
}
