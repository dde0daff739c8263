import { inspect } from 'node:util';
import { notLoadedYet } from '../errors/session-errors.js';
import { parseLifetime, type SessionLifetime } from '../options/lifetime.js';
import { assertUserId } from '../record/user-id.js';
import { refusesProperties } from './refuses-properties.js';
import type { SessionState } from './session-state.js';

/**
 * The status of a session for this request: `'unloaded'` before the first read, `'new'` while nothing is stored,
 * `'live'` while a record is, `'destroyed'` after this request ended it.
 *
 * @publicApi
 */
export type SessionStatus = 'unloaded' | 'new' | 'live' | 'destroyed';

/**
 * The methods that treat a session as a whole: load, save, rotate and end it. {@link Session} adds its values.
 *
 * @publicApi
 */
export abstract class SessionLifecycle {
  readonly #state: SessionState;

  /** @internal */
  constructor(state: SessionState) {
    this.#state = state;
  }

  /** The id of the stored session: a secret. Undefined before the first read and while nothing is stored. */
  get id(): string | undefined {
    const { phase } = this.used();
    return phase.kind === 'live' ? phase.id : undefined;
  }

  /** The status of the session for this request. */
  get status(): SessionStatus {
    const { kind } = this.used().phase;
    return kind === 'absent' || kind === 'rotated-away' ? 'new' : kind;
  }

  /**
   * The session's user; assigning undefined clears it. Reading it before the session is loaded throws
   * SESSION_NOT_AVAILABLE, lest a signed-in user look signed out. Assigning anything but a non-empty text throws
   * SESSION_VALUE_UNSUPPORTED, and so does a text with U+0000 or a lone surrogate, which not every store keeps.
   */
  get userId(): string | undefined {
    const { pending, phase } = this.used();
    if (phase.kind === 'unloaded' && !pending.unsaved.decidesUserId) throw notLoadedYet('userId');
    return pending.unsaved.userIdIn(phase.kind === 'live' ? phase.record : {});
  }

  set userId(userId: string | undefined) {
    if (userId !== undefined) assertUserId(userId);
    this.used().pending.edit().setUserId(userId);
  }

  /** Loads the session, unless it is loaded already. */
  async load(): Promise<this> {
    await this.used().load();
    return this;
  }

  /**
   * Gives the session a new id when it is next written: call it at a login, or wherever rights grow. The old id is
   * worthless from then on, and the absolute lifetime starts again.
   */
  rotate(): void {
    this.used().rotate();
  }

  /** Gives this session a lifetime of its own, counted from now. */
  setLifetime(lifetime: SessionLifetime): void {
    const state = this.used();
    state.pending.edit().setLifetime(parseLifetime(lifetime, state.backend.now()));
  }

  /** Writes the changes so far, now. They stay, whatever becomes of the request. */
  async save(): Promise<void> {
    await this.used().commit();
  }

  /** Discards the unsaved changes and loads the session again. */
  async reload(): Promise<void> {
    await this.used().reload();
  }

  /**
   * Ends the session, now and on every server: its record is deleted and no request under way can bring it back. A
   * later write begins a new session with a new id.
   *
   * ```ts
   * await session.destroy();
   * ```
   */
  async destroy(): Promise<void> {
    await this.used().destroy();
  }

  /** JSON of a session contains neither its id nor its values. */
  toJSON(): { status: SessionStatus } {
    return { status: this.status };
  }

  /** The output of `console.log`, with neither its id nor its values. */
  [inspect.custom](): string {
    return `Session { status: '${this.status}' }`;
  }

  /**
   * The state behind a session, for parts of the library that keep values of their own in it. Counts as a use.
   *
   * @internal
   */
  static stateOf(session: SessionLifecycle): SessionState {
    return session.used();
  }

  static {
    Object.setPrototypeOf(this.prototype, refusesProperties);
  }

  /** @internal */
  protected used(): SessionState {
    this.#state.use();
    return this.#state;
  }
}
