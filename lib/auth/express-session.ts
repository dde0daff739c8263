import { emptySession, OwnValue } from '../core/own-value.js';
import { Session } from '../core/session.js';
import type { SessionState } from '../core/session-state.js';
import { ExpressCookie } from './express-cookie.js';
import { PropertiesInPlace } from './properties-in-place.js';

type Done = ((error?: unknown) => void) | null | undefined;
type Values = Record<string, unknown>;

/** Who is signed in by Passport stands beside the application's values, like all that the library keeps. */
const PASSPORT = 'passport';
const kept = new OwnValue<unknown>(PASSPORT);
/** Keeps the session of a visitor that holds nothing but its id. */
const idIsKnown = new OwnValue<true>('id-known');

/**
 * What a session of express-session's kind stands for, and where it is found.
 *
 * @internal
 */
export interface ExpressSessionHost {
  readonly session: Session<object>;
  readonly absoluteLifetimeMs: number;
  /** Takes the session, and later the one that comes after it. */
  place(session: ExpressSession): void;
}

/**
 * A session as express-session has it: values are properties, to be changed in place, and methods take callbacks. What
 * differs when the handle is used, and when the response leaves, is set on the handle: whole keys, as JSON makes them.
 *
 * @internal
 */
export class ExpressSession {
  readonly #host: ExpressSessionHost;
  readonly #cookie: ExpressCookie;

  /** A value whose key is a name of this class is not a property. */
  private constructor(host: ExpressSessionHost, values: object) {
    this.#host = host;
    this.#cookie = new ExpressCookie(host.session, host.absoluteLifetimeMs);
    const isFree = ([name]: [string, unknown]): boolean => !(name in this);
    const own = Object.fromEntries(Object.entries(values).filter(isFree));
    // The handle's values are frozen.
    Object.assign(this, structuredClone(own));
    this.#state.inPlace = new PropertiesInPlace(this, own, (key, value) => this.#keep(key, value));
  }

  /** Places one for the session as it is now, loaded if need be. */
  static async place(host: ExpressSessionHost): Promise<void> {
    const values = { ...(await host.session.all()), [PASSPORT]: await kept.in(host.session) };
    host.place(new ExpressSession(host, values));
  }

  /**
   * The id that the session has or will have. Libraries derive tokens from it, so a visitor who has no session yet gets
   * one.
   */
  get id(): string {
    const { standing, idToBe } = this.#state;
    const mayBegin = standing.kind !== 'live' && standing.kind !== 'superseded';
    if (mayBegin) idIsKnown.set(this.#session, true);
    return idToBe;
  }

  get cookie(): ExpressCookie {
    return this.#cookie;
  }

  /** Leaves nothing of what there was, under a new id. */
  regenerate(done?: Done): this {
    emptySession(this.#session);
    this.#session.rotate();
    this.#cookie.maxAge = null;
    this.#succeed();
    return this.#call(done);
  }

  save(done?: Done): this {
    return this.#settle(this.#session.save(), done);
  }

  /** Forgets what was not saved. As in express-session, a session that is not stored has failed to load. */
  reload(done?: Done): this {
    return this.#settle(this.#reload(), done);
  }

  destroy(done?: Done): this {
    this.#succeed();
    return this.#settle(this.#session.destroy(), done);
  }

  /** Does nothing: any request that uses a session extends its idle time. */
  touch(): this {
    return this;
  }

  resetMaxAge(): this {
    return this;
  }

  async #reload(): Promise<void> {
    await this.#session.reload();
    if (this.#session.status !== 'live') throw new Error('failed to load session');
    await ExpressSession.place(this.#host);
  }

  /** What is written to this one from now on goes nowhere. */
  #succeed(): void {
    this.#host.place(new ExpressSession(this.#host, {}));
  }

  #keep(key: string, value: unknown): void {
    const session = this.#session as Session<Values>;
    if (key === PASSPORT) this.#keepPassport(value);
    else if (value === undefined) session.delete(key);
    else session.set(key, value);
  }

  /** A user by a plain id is the session's user too. */
  #keepPassport(value: unknown): void {
    if (value === undefined) kept.delete(this.#session);
    else kept.set(this.#session, value);
    const { user } = (value ?? {}) as { readonly user?: unknown };
    if (typeof user === 'string' || typeof user === 'number') this.#session.userId = String(user);
    else if (user === undefined) this.#session.userId = undefined;
  }

  #settle(promise: Promise<void>, done: Done): this {
    promise.then(
      () => this.#call(done),
      (error: unknown) => this.#call(done, error),
    );
    return this;
  }

  #call(done: Done, ...error: unknown[]): this {
    if (done) process.nextTick(done, ...error);
    return this;
  }

  get #session(): Session<object> {
    return this.#host.session;
  }

  get #state(): SessionState {
    return Session.stateOf(this.#session);
  }
}
