import type { Model } from './checker.js';
import type { Operation } from './history.js';

/** What a process does to the one key of a session. */
export type Deed =
  | { readonly kind: 'get' }
  | { readonly kind: 'update' }
  | { readonly kind: 'take' }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'set'; readonly value: number };

export type Action = Deed & {
  /** The rotation that the id came of which the request presented: 0 for the first id, and for those that renewed it. */
  readonly under?: number;
  /** The number of this rotation. */
  readonly to?: number;
};

/** A number: what the key holds now, or held before a `take`. `absent`: under that id, there is no session. */
export type Answer = number | 'done' | 'absent';

export type SessionOperation = Operation<Action, Answer>;

/** The value, and the rotation of the present id times the most that values come to. */
type State = number | 'ended';

const VALUES = 1e9;

/** A session with one key, which holds 0 at first; `update` adds one, `take` leaves 0. */
export const sessionModel: Model<State, Action, Answer> = {
  initial: 0,
  after(state, { action, answer }) {
    const { kind, under = 0 } = action;
    if (state === 'ended' || Math.floor(state / VALUES) !== under) {
      // Whoever ends a session that is not there is told that it is not.
      const due = kind === 'destroy' ? 'done' : 'absent';
      return answer === undefined || answer === due ? state : undefined;
    }
    if (kind === 'destroy') return 'ended';
    const before = state % VALUES;
    const after = valueAfter(action, before);
    if (answer !== undefined && answer !== answerTo(kind, before, after)) return undefined;
    return (kind === 'rotate' ? action.to! : under) * VALUES + after;
  },
};

function valueAfter(action: Exclude<Deed, { kind: 'destroy' }>, value: number): number {
  switch (action.kind) {
    case 'get':
    case 'rotate':
      return value;
    case 'set':
      return action.value;
    case 'take':
      return 0;
    case 'update':
      return value + 1;
    default:
      return action satisfies never;
  }
}

function answerTo(kind: Action['kind'], before: number, after: number): Answer {
  if (kind === 'set' || kind === 'rotate') return 'done';
  return kind === 'take' ? before : after;
}
