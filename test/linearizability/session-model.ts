import type { Model } from './checker.js';
import type { Operation } from './history.js';

/** What a process does to the one key of a session. */
export type Action =
  | { readonly kind: 'get' }
  | { readonly kind: 'update' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'set'; readonly value: number };

/** A number: what the key holds now. `absent`: the session has ended. */
export type Answer = number | 'done' | 'absent';

export type SessionOperation = Operation<Action, Answer>;

type State = number | 'ended';

/** A session with one key, which holds 0 at first; `update` adds one. */
export const sessionModel: Model<State, Action, Answer> = {
  initial: 0,
  after(state, { action, answer }) {
    if (action.kind === 'destroy') return 'ended';
    if (state === 'ended') return answer === undefined || answer === 'absent' ? state : undefined;
    const value = valueAfter(action, state);
    const due = action.kind === 'set' ? 'done' : value;
    return answer === undefined || answer === due ? value : undefined;
  },
};

function valueAfter(action: Exclude<Action, { kind: 'destroy' }>, value: number): number {
  switch (action.kind) {
    case 'get':
      return value;
    case 'set':
      return action.value;
    case 'update':
      return value + 1;
    default:
      return action satisfies never;
  }
}
