import { emptySession, ReservedValue } from '../core/session/reserved-value.js';
import { Session } from '../core/session/session.js';
import type { SessionState } from '../core/session/session-state.js';
import { ExpressCookie } from './express-cookie.js';
import { PropertiesInPlace } from './properties-in-place.js';

type Done = ((error?: unknown) => void) | null | undefined;
type Values = Record<string, unknown>;

/** Passport's user is a reserved value, kept apart from the application's values. */
const PASSPORT = 'passport';
const kept = new ReservedValue<unknown>(PASSPORT);
/** Makes the library store a session that has no other values, since its id is in use. */
const idIsKnown = new ReservedValue<true>('id-known');

/**
 * The session behind an `ExpressSession`, and the property that holds the latter.
 *
 * @internal
 */
export interface ExpressSessionHost {
  readonly session: Session<object>;
  readonly absoluteLifetimeMs: number;
  /** Assigns the `ExpressSession` to the request, and later its replacement. */
  place(session: ExpressSession): void;
}

/**
 * The `request.session` of express-session: values are mutable properties, and methods take callbacks. Changed
 * properties are copied to the handle when the handle is used and when the response leaves: whole keys, serialised as
 * JSON.
 *
 * @internal
 */
export class ExpressSession {
  readonly #host: ExpressSessionHost;
  readonly #cookie: ExpressCookie;

  /** Values whose keys are member names of this class do not become properties. */
  private constructor(host: ExpressSessionHost, values: object) {
    this.#host = host;
    this.#cookie = new ExpressCookie(host.session, host.absoluteLifetimeMs);
    const isFree = ([name]: [string, unknown]): boolean => !(name in this);
    const own = Object.fromEntries(Object.entries(values).filter(isFree));
    // The handle's values are frozen, and these must be mutable.
    Object.assign(this, structuredClone(own));
    this.#state.pending.inPlace = new PropertiesInPlace(this, own, (key, value) =>
      this.#keep(key, value),
    );
  }

  /** Loads the session if necessary, and assigns an `ExpressSession` with its values. */
  static async place(host: ExpressSessionHost): Promise<void> {
    const values = { ...(await host.session.all()), [PASSPORT]: await kept.get(host.session) };
    host.place(new ExpressSession(host, values));
  }

  /**
   * The id that the session has or will have. Libraries derive tokens from it, so reading it starts a session for a new
   * client.
   */
  get id(): string {
    const { phase, idToBe } = this.#state;
    const mayBegin = phase.kind !== 'live' && phase.kind !== 'rotated-away';
    if (mayBegin) idIsKnown.set(this.#session, true);
    return idToBe;
  }

  get cookie(): ExpressCookie {
    return this.#cookie;
  }

  /** Empties the session and gives it a new id. */
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

  /** Discards unsaved changes. As in express-session, it fails if the session is not stored. */
  reload(done?: Done): this {
    return this.#settle(this.#reload(), done);
  }

  destroy(done?: Done): this {
    this.#succeed();
    return this.#settle(this.#session.destroy(), done);
  }

  /** Does nothing, since every request that uses a session extends its idle time. */
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

  /** Replaces this object, whose later changes are ignored. */
  #succeed(): void {
    this.#host.place(new ExpressSession(this.#host, {}));
  }

  #keep(key: string, value: unknown): void {
    const session = this.#session as Session<Values>;
    if (key === PASSPORT) this.#keepPassport(value);
    else if (value === undefined) session.delete(key);
    else session.set(key, value);
  }

  /** A user serialised to a string or a number also becomes the `userId`. */
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
