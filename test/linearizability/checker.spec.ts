import { firstContradiction, isLinearizable } from './checker.js';
import { type Action, type Answer, sessionModel, type SessionOperation } from './session-model.js';

const get: Action = { kind: 'get' };
const update: Action = { kind: 'update' };
const destroy: Action = { kind: 'destroy' };
const take: Action = { kind: 'take' };
const rotate: Action = { kind: 'rotate', to: 1 };
const under1 = (action: Action): Action => ({ ...action, under: 1 });
const set = (value: number): Action => ({ kind: 'set', value });

/** `from` to `to` on the clock of the test; without an answer, its outcome is unknown. */
function operation(action: Action, [from, to]: [number, number], answer: Answer): SessionOperation {
  return { process: 0, action, beganAt: from, endedAt: to, answer };
}
function unknown(action: Action, from: number): SessionOperation {
  return { process: 0, action, beganAt: from, endedAt: Infinity };
}

const linearizable: Record<string, SessionOperation[]> = {
  'nothing at all': [],
  'one after the other': [
    operation(set(5), [0, 1], 'done'),
    operation(update, [2, 3], 6),
    operation(get, [4, 5], 6),
    operation(destroy, [6, 7], 'done'),
    operation(get, [8, 9], 'absent'),
  ],
  'a read beside a write that sees it': [
    operation(set(5), [0, 9], 'done'),
    operation(get, [1, 2], 5),
  ],
  'a read beside a write that does not see it': [
    operation(set(5), [0, 9], 'done'),
    operation(get, [1, 2], 0),
  ],
  'updates whose answers come in another order': [
    operation(update, [0, 9], 3),
    operation(update, [1, 8], 1),
    operation(update, [2, 7], 2),
  ],
  'a write of unknown outcome that never happened': [
    unknown(set(5), 0),
    operation(get, [1, 2], 0),
    operation(get, [3, 4], 0),
  ],
  'a write of unknown outcome that happened late': [
    unknown(update, 0),
    operation(get, [1, 2], 0),
    operation(set(7), [3, 4], 'done'),
    operation(get, [5, 6], 8),
  ],
  'a destroy of unknown outcome that happened late': [
    unknown(destroy, 0),
    operation(update, [1, 2], 1),
    operation(update, [3, 4], 'absent'),
  ],
  'a take, and an update of what it left': [
    operation(set(5), [0, 1], 'done'),
    operation(take, [2, 3], 5),
    operation(update, [4, 5], 1),
  ],
  'a rotation, after which the old id leads nowhere': [
    operation(set(5), [0, 1], 'done'),
    operation(rotate, [2, 5], 'done'),
    operation(update, [3, 4], 6),
    operation(get, [6, 7], 'absent'),
    operation(destroy, [8, 9], 'done'),
    operation(under1(get), [10, 11], 6),
  ],
  'a rotation of unknown outcome that happened late': [
    unknown(rotate, 0),
    operation(update, [1, 2], 1),
    operation(get, [3, 4], 'absent'),
  ],
  'two destroys': [operation(destroy, [0, 1], 'done'), operation(destroy, [2, 3], 'done')],
};

const contradictory: Record<string, [culprit: number, SessionOperation[]]> = {
  'a stale read': [1, [operation(set(5), [0, 1], 'done'), operation(get, [2, 3], 0)]],
  'a lost write': [
    2,
    [
      operation(set(5), [0, 1], 'done'),
      operation(set(6), [2, 3], 'done'),
      operation(get, [4, 5], 5),
    ],
  ],
  'two updates with one answer': [
    1,
    [operation(update, [0, 8], 1), operation(update, [1, 9], 1), operation(get, [10, 11], 1)],
  ],
  'a read that takes back what another saw': [
    2,
    [
      operation(set(5), [0, 9], 'done'),
      operation(get, [1, 2], 5),
      operation(get, [3, 4], 0),
      operation(get, [5, 6], 0),
    ],
  ],
  'a write of unknown outcome that happened before it began': [
    0,
    [operation(get, [0, 1], 5), unknown(set(5), 2)],
  ],
  'a write of unknown outcome that happened twice': [
    3,
    [
      unknown(set(5), 0),
      operation(get, [1, 2], 5),
      operation(set(6), [3, 4], 'done'),
      operation(get, [5, 6], 5),
    ],
  ],
  'a session that is there again': [
    2,
    [
      operation(destroy, [0, 1], 'done'),
      operation(get, [2, 3], 'absent'),
      operation(get, [4, 5], 0),
    ],
  ],
  'a write to a session that has ended': [
    1,
    [operation(destroy, [0, 1], 'done'), operation(set(5), [2, 3], 'done')],
  ],
  'a take of what another took': [
    1,
    [operation(take, [2, 5], 7), operation(take, [3, 6], 7), operation(set(7), [0, 1], 'done')],
  ],
  'an old id that leads somewhere after a rotation': [
    1,
    [operation(rotate, [0, 1], 'done'), operation(get, [2, 3], 0)],
  ],
  'a rotation that loses a write': [
    2,
    [
      operation(set(5), [0, 1], 'done'),
      operation(rotate, [2, 3], 'done'),
      operation(under1(get), [4, 5], 0),
    ],
  ],
  'a session that ends by itself': [0, [operation(get, [0, 1], 'absent')]],
};

describe('The checker', () => {
  it.each(Object.entries(linearizable))('accepts %s', (_name, history) => {
    expect(isLinearizable(history, sessionModel)).toBe(true);
    expect(firstContradiction(history, sessionModel)).toBeUndefined();
  });

  it.each(Object.entries(contradictory))('rejects %s', (_name, [culprit, history]) => {
    expect(isLinearizable(history, sessionModel)).toBe(false);
    expect(firstContradiction(history, sessionModel)).toBe(history[culprit]);
  });

  it('gives one verdict, whatever the order of the operations in its input', () => {
    for (const [, history] of Object.values(contradictory)) {
      expect(isLinearizable(history.toReversed(), sessionModel)).toBe(false);
    }
    for (const history of Object.values(linearizable)) {
      expect(isLinearizable(history.toReversed(), sessionModel)).toBe(true);
    }
  });

  it('decides what became of many operations of unknown outcome', () => {
    const history: SessionOperation[] = [];
    for (let n = 0; n < 20; n++) history.push(unknown(update, n), unknown(set(1_000 * (n + 1)), n));
    for (let n = 0; n < 20; n++) history.push(operation(get, [30 + 2 * n, 31 + 2 * n], n));
    expect(isLinearizable(history, sessionModel)).toBe(true);

    history.push(operation(get, [100, 101], 20_001), operation(get, [102, 103], 20_001));
    expect(isLinearizable(history, sessionModel)).toBe(true);

    history.push(operation(get, [104, 105], 20_002));
    expect(isLinearizable(history, sessionModel)).toBe(false);
  });

  it('decides what would take an exhaustive search ages', () => {
    const updates = Array.from({ length: 14 }, (_, n) => operation(update, [n, 100 + n], 14 - n));
    expect(isLinearizable(updates, sessionModel)).toBe(true);

    const sets = Array.from({ length: 14 }, (_, n) => operation(set(n), [n, 100 + n], 'done'));
    expect(isLinearizable([...sets, operation(get, [200, 201], 99)], sessionModel)).toBe(false);
  });
});
