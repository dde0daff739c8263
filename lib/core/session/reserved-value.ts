import { dataOf } from './session-phase.js';
import { reservedKey } from './reserved-key.js';
import { Session } from './session.js';
import { frozenCopy } from '../record/stored-value.js';

/**
 * A value that the library itself keeps in sessions, beside those of the application.
 *
 * @internal
 */
export class ReservedValue<V> {
  readonly key: string;

  constructor(name: string) {
    this.key = reservedKey(name);
  }

  async get(session: Session<object>): Promise<V | undefined> {
    const state = Session.stateOf(session);
    if (!state.pending.unsaved.decides(this.key)) await state.load();
    return state.pending.unsaved.valueIn(dataOf(state.phase), this.key) as V | undefined;
  }

  set(session: Session<object>, value: V): void {
    Session.stateOf(session).pending.edit().set(this.key, frozenCopy(value, this.key));
  }

  delete(session: Session<object>): void {
    Session.stateOf(session).pending.edit().delete(this.key);
  }

  /** As {@link Session.update} does. */
  async update(session: Session<object>, compute: (current: V | undefined) => V): Promise<V> {
    const keyUpdate = {
      key: this.key,
      compute: (current: unknown) => compute(current as V | undefined),
    };
    return (await Session.stateOf(session).commit(keyUpdate)) as V;
  }
}

/**
 * Removes everything that a session holds when it is next written: the values, the library's own included, and the
 * user.
 *
 * @internal
 */
export function emptySession(session: Session<object>): void {
  Session.stateOf(session).pending.edit().clear('everything');
  session.userId = undefined;
}
