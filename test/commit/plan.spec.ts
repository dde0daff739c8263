import * as fc from 'fast-check';
import { type Plan, planCommit, type Situation } from '../../lib/commit/plan.js';

const QUIET: Situation = {
  standing: 'new',
  intent: 'keep',
  isChanged: false,
  isLifetimeChanged: false,
  isTouchDue: false,
  isRenewalDue: false,
  isFirstShown: false,
  isNewLogin: false,
};

/** The table of the design, row by row. */
const table: [
  name: string,
  situation: Partial<Situation>,
  call: Plan['call'],
  cookie: Plan['cookie'],
][] = [
  ['never loaded', { standing: 'unloaded' }, 'none', 'leave'],
  ['never loaded, destroyed', { standing: 'unloaded', intent: 'destroy' }, 'none', 'leave'],
  ['live', { standing: 'live' }, 'none', 'leave'],
  ['live, touch due', { standing: 'live', isTouchDue: true }, 'touch', 'leave'],
  ['live, changed', { standing: 'live', isChanged: true }, 'save', 'leave'],
  [
    'live, changed, touch due',
    { standing: 'live', isChanged: true, isTouchDue: true },
    'save',
    'leave',
  ],
  [
    'live, new lifetime',
    { standing: 'live', isChanged: true, isLifetimeChanged: true },
    'save',
    'issue',
  ],
  ['live, renewal due', { standing: 'live', isRenewalDue: true }, 'renew', 'leave'],
  [
    'live, changed, renewal due',
    { standing: 'live', isChanged: true, isRenewalDue: true },
    'renew',
    'leave',
  ],
  ['live, new id shown', { standing: 'live', isFirstShown: true }, 'save', 'leave'],
  [
    'live, new id shown, rotated',
    { standing: 'live', intent: 'rotate', isFirstShown: true },
    'rotate',
    'issue',
  ],
  ['live, rotated', { standing: 'live', intent: 'rotate' }, 'rotate', 'issue'],
  [
    'live, rotated and changed',
    { standing: 'live', intent: 'rotate', isChanged: true },
    'rotate',
    'issue',
  ],
  ['live, destroyed', { standing: 'live', intent: 'destroy' }, 'delete', 'clear'],
  ['new', { standing: 'new' }, 'none', 'leave'],
  ['new, changed', { standing: 'new', isChanged: true }, 'create', 'issue'],
  ['new, rotated', { standing: 'new', intent: 'rotate' }, 'none', 'leave'],
  [
    'new, rotated and changed',
    { standing: 'new', intent: 'rotate', isChanged: true },
    'create',
    'issue',
  ],
  ['new, destroyed', { standing: 'new', intent: 'destroy' }, 'none', 'leave'],
  ['absent', { standing: 'absent' }, 'none', 'clear'],
  ['absent, changed', { standing: 'absent', isChanged: true }, 'create', 'issue'],
  ['absent, destroyed', { standing: 'absent', intent: 'destroy' }, 'none', 'clear'],
  ['superseded', { standing: 'superseded' }, 'none', 'leave'],
  ['superseded, changed', { standing: 'superseded', isChanged: true }, 'refuse', 'leave'],
  ['superseded, rotated', { standing: 'superseded', intent: 'rotate' }, 'refuse', 'leave'],
  ['superseded, destroyed', { standing: 'superseded', intent: 'destroy' }, 'none', 'leave'],
  ['destroyed', { standing: 'destroyed' }, 'none', 'clear'],
  ['destroyed, then changed', { standing: 'destroyed', isChanged: true }, 'create', 'issue'],
];

describe('planCommit', () => {
  it.each(table)('%s', (_, situation, call, cookie) => {
    expect(planCommit({ ...QUIET, ...situation })).toEqual({ call, cookie });
  });

  const situations: fc.Arbitrary<Situation> = fc
    .record({
      standing: fc.constantFrom('unloaded', 'new', 'absent', 'superseded', 'live', 'destroyed'),
      intent: fc.constantFrom('keep', 'rotate', 'destroy'),
      isChanged: fc.boolean(),
      isLifetimeChanged: fc.boolean(),
      isTouchDue: fc.boolean(),
      isRenewalDue: fc.boolean(),
      isFirstShown: fc.boolean(),
      isNewLogin: fc.boolean(),
    })
    .map((situation) => ({
      ...situation,
      isNewLogin:
        situation.isNewLogin &&
        situation.standing === 'superseded' &&
        situation.intent === 'rotate',
    }));

  it('issues a cookie only with a call that stores the record', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { call, cookie } = planCommit(situation);
        const stores = ['create', 'save', 'rotate'].includes(call);
        expect(cookie !== 'issue' || stores).toBe(true);
      }),
    );
  });

  it('writes data only where there are changes or the id is another', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { call } = planCommit(situation);
        const { isChanged, isRenewalDue, isFirstShown, intent } = situation;
        const hasReason = isChanged || isRenewalDue || isFirstShown || intent === 'rotate';
        const writes = ['create', 'save', 'rotate', 'renew'].includes(call);
        expect(!writes || hasReason).toBe(true);
      }),
    );
  });

  it('replaces a record only where one is known to live', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { call } = planCommit(situation);
        const { standing } = situation;
        const replaces = ['save', 'rotate', 'renew', 'touch'].includes(call);
        expect(!replaces || standing === 'live').toBe(true);
        const isLogin = standing === 'superseded' && situation.isNewLogin;
        expect(
          call !== 'create' || ['new', 'absent', 'destroyed'].includes(standing) || isLogin,
        ).toBe(true);
      }),
    );
  });
});
