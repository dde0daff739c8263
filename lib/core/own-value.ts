import { reservedKey } from './reserved-key.js';
import { Session } from './session.js';
import { frozenCopy } from './stored-value.js';

/**
 * A value that the library keeps in sessions for itself, beside those of the application.
 *
 * @internal
 */
export class OwnValue<V> {
  readonly key: string;

  constructor(name: string) {
    this.key = reservedKey(name);
  }

  async in(session: Session<object>): Promise<V | undefined> {
    const state = Session.stateOf(session);
    if (!state.unsaved.decides(this.key)) await state.load();
    return state.unsaved.valueIn(state.data, this.key) as V | undefined;
  }

  set(session: Session<object>, value: V): void {
    Session.stateOf(session).edit().set(this.key, frozenCopy(value, this.key));
  }

  delete(session: Session<object>): void {
    Session.stateOf(session).edit().delete(this.key);
  }

  /** As {@link Session.update} does it. */
  async update(session: Session<object>, compute: (current: V | undefined) => V): Promise<V> {
    const modification = {
      key: this.key,
      compute: (current: unknown) => compute(current as V | undefined),
    };
    return (await Session.stateOf(session).commit(modification)) as V;
  }
}

/**
 * Removes all that a session holds when it is next written, the library's own values too, and its user.
 *
 * @internal
 */
export function emptySession(session: Session<object>): void {
  Session.stateOf(session).edit().clear('everything');
  session.userId = undefined;
}
