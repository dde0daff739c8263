import { emptySession, OwnValue } from '../core/own-value.js';
import type { Session } from '../core/session.js';
import { watched } from './watched.js';

type Done = (error?: unknown) => void;
type Values = Record<string, unknown>;

/** Who is signed in by Passport stands beside the application's values, like all that the library keeps. */
const PASSPORT = 'passport';
const kept = new OwnValue<unknown>(PASSPORT);

/**
 * A session as express-session has it: values are properties, to be changed in place, and methods take callbacks. What
 * is changed is set on the session it stands for, whole keys at a time, as JSON makes it.
 *
 * @internal
 */
export class ExpressSession {
  readonly #session: Session<object>;
  readonly #replace: (next: ExpressSession) => void;
  #isReplaced = false;

  private constructor(session: Session<object>, replace: (next: ExpressSession) => void) {
    this.#session = session;
    this.#replace = replace;
  }

  /**
   * One for a session that is loaded now; it hands over its successor when the session is emptied. A value whose key is
   * a name of this class is not seen through it.
   */
  static async on(
    session: Session<object>,
    replace: (next: ExpressSession) => void,
  ): Promise<ExpressSession> {
    const values = { ...(await session.all()), [PASSPORT]: await kept.in(session) };
    return ExpressSession.#with(session, replace, values);
  }

  static #with(
    session: Session<object>,
    replace: (next: ExpressSession) => void,
    values: object,
  ): ExpressSession {
    const target = new ExpressSession(session, replace);
    const isFree = ([name]: [string, unknown]): boolean => !(name in target);
    Object.assign(target, Object.fromEntries(Object.entries(copyOf(values)).filter(isFree)));
    return watched(target, (key) => target.#keep(key));
  }

  get id(): string | undefined {
    return this.#session.id;
  }

  /** Leaves nothing of what there was, under a new id. */
  regenerate(done: Done = ignore): void {
    emptySession(this.#session);
    this.#session.rotate();
    this.#succeed();
    process.nextTick(done);
  }

  save(done: Done = ignore): void {
    settle(this.#session.save(), done);
  }

  destroy(done: Done = ignore): void {
    this.#succeed();
    settle(this.#session.destroy(), done);
  }

  /** What is written to this one from now on goes nowhere. */
  #succeed(): void {
    this.#isReplaced = true;
    this.#replace(ExpressSession.#with(this.#session, this.#replace, {}));
  }

  #keep(key: string): void {
    if (this.#isReplaced) return;
    const value = copyOf(Reflect.get(this, key));
    if (key === PASSPORT) this.#keepPassport(value);
    else if (value === undefined) valuesOf(this.#session).delete(key);
    else valuesOf(this.#session).set(key, value);
  }

  /** A user by a plain id is the session's user too. */
  #keepPassport(value: unknown): void {
    if (value === undefined) kept.delete(this.#session);
    else kept.set(this.#session, value);
    const { user } = (value ?? {}) as { readonly user?: unknown };
    if (typeof user === 'string' || typeof user === 'number') this.#session.userId = String(user);
    else if (user === undefined) this.#session.userId = undefined;
  }
}

/** What a session of express-session would be given back. */
function copyOf<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function settle(promise: Promise<void>, done: Done): void {
  promise.then(
    () => process.nextTick(done),
    (error: unknown) => process.nextTick(done, error),
  );
}

function valuesOf(session: Session<object>): Session<Values> {
  return session as Session<Values>;
}

function ignore(): void {}
