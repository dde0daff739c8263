import * as fc from 'fast-check';
import { type Plan, planCommit, type PlanInput } from '../../lib/commit/plan.js';

const QUIET: PlanInput = {
  phase: 'new',
  intent: 'keep',
  isChanged: false,
  isLifetimeChanged: false,
  isTouchDue: false,
  isRenewalDue: false,
  isRenewalConfirmed: false,
  isNewLogin: false,
};

/** The table of the design, row by row. */
const table: [
  name: string,
  situation: Partial<PlanInput>,
  call: Plan['call'],
  cookie: Plan['cookie'],
][] = [
  ['never loaded', { phase: 'unloaded' }, 'none', 'leave'],
  ['never loaded, destroyed', { phase: 'unloaded', intent: 'destroy' }, 'none', 'leave'],
  ['live', { phase: 'live' }, 'none', 'leave'],
  ['live, touch due', { phase: 'live', isTouchDue: true }, 'touch', 'leave'],
  ['live, changed', { phase: 'live', isChanged: true }, 'save', 'leave'],
  [
    'live, changed, touch due',
    { phase: 'live', isChanged: true, isTouchDue: true },
    'save',
    'leave',
  ],
  [
    'live, new lifetime',
    { phase: 'live', isChanged: true, isLifetimeChanged: true },
    'save',
    'issue',
  ],
  ['live, renewal due', { phase: 'live', isRenewalDue: true }, 'renew', 'leave'],
  [
    'live, changed, renewal due',
    { phase: 'live', isChanged: true, isRenewalDue: true },
    'renew',
    'leave',
  ],
  ['live, new id shown', { phase: 'live', isRenewalConfirmed: true }, 'save', 'leave'],
  [
    'live, new id shown, rotated',
    { phase: 'live', intent: 'rotate', isRenewalConfirmed: true },
    'rotate',
    'issue',
  ],
  ['live, rotated', { phase: 'live', intent: 'rotate' }, 'rotate', 'issue'],
  [
    'live, rotated and changed',
    { phase: 'live', intent: 'rotate', isChanged: true },
    'rotate',
    'issue',
  ],
  ['live, destroyed', { phase: 'live', intent: 'destroy' }, 'delete', 'clear'],
  ['new', { phase: 'new' }, 'none', 'leave'],
  ['new, changed', { phase: 'new', isChanged: true }, 'create', 'issue'],
  ['new, rotated', { phase: 'new', intent: 'rotate' }, 'none', 'leave'],
  [
    'new, rotated and changed',
    { phase: 'new', intent: 'rotate', isChanged: true },
    'create',
    'issue',
  ],
  ['new, destroyed', { phase: 'new', intent: 'destroy' }, 'none', 'leave'],
  ['absent', { phase: 'absent' }, 'none', 'clear'],
  ['absent, changed', { phase: 'absent', isChanged: true }, 'create', 'issue'],
  ['absent, destroyed', { phase: 'absent', intent: 'destroy' }, 'none', 'clear'],
  ['rotated-away', { phase: 'rotated-away' }, 'none', 'leave'],
  ['superseded, changed', { phase: 'rotated-away', isChanged: true }, 'refuse', 'leave'],
  ['superseded, rotated', { phase: 'rotated-away', intent: 'rotate' }, 'refuse', 'leave'],
  ['superseded, destroyed', { phase: 'rotated-away', intent: 'destroy' }, 'none', 'leave'],
  ['destroyed', { phase: 'destroyed' }, 'none', 'clear'],
  ['destroyed, then changed', { phase: 'destroyed', isChanged: true }, 'create', 'issue'],
];

describe('planCommit', () => {
  it.each(table)('%s', (_, situation, call, cookie) => {
    expect(planCommit({ ...QUIET, ...situation })).toEqual({ call, cookie });
  });

  const situations: fc.Arbitrary<PlanInput> = fc
    .record({
      phase: fc.constantFrom('unloaded', 'new', 'absent', 'rotated-away', 'live', 'destroyed'),
      intent: fc.constantFrom('keep', 'rotate', 'destroy'),
      isChanged: fc.boolean(),
      isLifetimeChanged: fc.boolean(),
      isTouchDue: fc.boolean(),
      isRenewalDue: fc.boolean(),
      isRenewalConfirmed: fc.boolean(),
      isNewLogin: fc.boolean(),
    })
    .map((situation) => ({
      ...situation,
      isNewLogin:
        situation.isNewLogin && situation.phase === 'rotated-away' && situation.intent === 'rotate',
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
        const { isChanged, isRenewalDue, isRenewalConfirmed, intent } = situation;
        const hasReason = isChanged || isRenewalDue || isRenewalConfirmed || intent === 'rotate';
        const writes = ['create', 'save', 'rotate', 'renew'].includes(call);
        expect(!writes || hasReason).toBe(true);
      }),
    );
  });

  it('replaces a record only where one is known to live', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { call } = planCommit(situation);
        const { phase } = situation;
        const replaces = ['save', 'rotate', 'renew', 'touch'].includes(call);
        expect(!replaces || phase === 'live').toBe(true);
        const isLogin = phase === 'rotated-away' && situation.isNewLogin;
        expect(call !== 'create' || ['new', 'absent', 'destroyed'].includes(phase) || isLogin).toBe(
          true,
        );
      }),
    );
  });
});
