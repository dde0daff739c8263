import { SessionError } from '../errors/session-errors.js';
import { newSessionId } from '../record/session-id.js';
import { Changes } from './changes.js';
import { PendingChanges } from './pending-changes.js';
import {
  keepPendingCookie,
  type RequestInfo,
  type CommitRequest,
  type CookieAction,
  type Intent,
  isCookiePending,
  type KeyUpdate,
  phaseOfPresented,
  type SessionBackend,
  type SessionPhase,
} from './session-phase.js';
import { Turns } from './turns.js';

/**
 * The state machine behind a session: the known record, what this request wants written, and the pending action on the
 * cookie. Readers share one load; commits run one after the other. All writes come in by `pending.edit()`, `rotate()`,
 * `commit()` and `destroy()`.
 *
 * @internal
 */
export class SessionState {
  #phase: SessionPhase;
  readonly #turns = new Turns();
  #cookie: CookieAction = 'leave';
  #canIssueCookie = true;
  #isDiscarded = false;
  /** Whether maintenance may still be due: to renew, to touch, or to send the pending cookie of a renewed id. */
  #isMaintained = true;
  #loading: Promise<void> | undefined;
  #nextId: string | undefined;

  /** Whether the application read or changed the session. */
  isUsed = false;
  /** Called at each use once it is set: after the response, nothing else finishes the session. */
  onUse: (() => void) | undefined;
  /** The writes that this request has asked for. */
  readonly pending: PendingChanges;

  /** @param presented the well-formed ids that the request presented; undefined if it presented nothing at all */
  constructor(
    readonly backend: SessionBackend,
    presented?: readonly string[],
    readonly requestInfo: RequestInfo = { arrivedAt: backend.now() },
  ) {
    this.pending = new PendingChanges(backend.recordBytes);
    this.#phase = phaseOfPresented(presented);
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  get cookie(): CookieAction {
    return isCookiePending(this.#phase) && this.#isMaintained ? 'issue' : this.#cookie;
  }

  /** The id under which the session is stored, or will be. */
  get idToBe(): string {
    const isIdKept = this.#nextId === undefined && !this.pending.isRotating;
    if (isIdKept && this.#phase.kind === 'live') return this.#phase.id;
    return (this.#nextId ??= newSessionId());
  }

  /** Whether the end of the request needs a commit. */
  get hasWork(): boolean {
    if (this.#isDiscarded || !this.isUsed) return false;
    if (!this.pending.isEmpty) return true;
    if (!this.#isMaintained) return false;
    const phase = this.#phase;
    if (phase.kind === 'live') return this.backend.isMaintenanceDue(phase, this.#canIssueCookie);
    return phase.kind === 'absent' && this.#cookie === 'leave';
  }

  /** Notes a use of the handle, and first records what was changed without it. */
  use(): void {
    this.isUsed = true;
    this.onUse?.();
    this.pending.recordInPlace();
  }

  rotate(): void {
    this.pending.rotate();
    this.#nextId = undefined;
  }

  /** Looks up the presented ids, once for all callers. A failure stays, lest the session seem to be new. */
  load(): Promise<void> {
    if (this.#phase.kind !== 'unloaded') return Promise.resolve();
    return (this.#loading ??= this.backend
      .load(this.#phase.ids, this.requestInfo)
      .then((phase) => void (this.#phase = phase)));
  }

  /** Writes the changes so far, and resolves to the value that the key update stored. */
  commit(keyUpdate?: KeyUpdate): Promise<unknown> {
    return this.#turns.take(async () => {
      if (!keyUpdate && !this.hasWork) return undefined;
      const isUnloaded = this.#phase.kind === 'unloaded';
      const isFresh = isUnloaded && this.#loading === undefined;
      if (isUnloaded) await this.load();
      this.pending.recordInPlace();
      return this.#commitNow(keyUpdate, isFresh);
    });
  }

  /** Whether a write is left or under way. */
  get isBusy(): boolean {
    return this.#turns.areLeft || this.hasWork;
  }

  /** Writes what is left, after any write under way; undefined if there is nothing left. */
  finish(): Promise<unknown> | undefined {
    return this.isBusy ? this.commit() : undefined;
  }

  /** Ends the session. Changes from this call on belong to a new one. */
  destroy(): Promise<void> {
    this.pending.discardChanges();
    return this.#turns.take(async () => {
      // An old id may lead to a tombstone: then this request may remove neither the tombstone nor the cookie.
      await this.load();
      await this.#commitAs('destroy', new Changes(), { isFresh: false });
      this.pending.keep();
    });
  }

  /** Discards the changes and loads the record again. */
  reload(): Promise<void> {
    this.pending.discard();
    this.#nextId = undefined;
    return this.#turns.take(async () => {
      const seen = this.#phase;
      if (seen.kind === 'live') this.#phase = { kind: 'unloaded', ids: [seen.id] };
      this.#loading = undefined;
      try {
        await this.load();
        this.#phase = keepPendingCookie(this.#phase, seen);
      } catch (error) {
        // The session may have an id that the client has yet to receive.
        this.#phase = seen;
        throw error;
      }
    });
  }

  /** Discards the changes for good. Earlier writes stay, and the cookie that they need still goes out. */
  discard(): void {
    this.#isDiscarded = true;
    this.pending.inPlace = undefined;
    this.forget();
  }

  /** Discards the changes that could not be written. Later changes count. */
  forget(): void {
    this.#isMaintained = false;
    this.pending.discard();
  }

  /** Refuses any later commit that needs a new cookie, since none can reach the client. */
  closeCookie(): void {
    this.#canIssueCookie = false;
  }

  async #commitNow(keyUpdate: KeyUpdate | undefined, isFresh: boolean): Promise<unknown> {
    try {
      return await this.pending.write((intent, changes) =>
        this.#commitAs(intent, changes, { keyUpdate, isFresh }),
      );
    } catch (error) {
      // Another request has ended the session or given it a new id: this cookie would replace the one of that request.
      if (SessionError.is(error, 'SESSION_GONE')) this.#cookie = 'leave';
      throw error;
    }
  }

  async #commitAs(
    intent: Intent,
    changes: Changes,
    more: Pick<CommitRequest, 'keyUpdate' | 'isFresh'>,
  ): Promise<unknown> {
    const { phase, cookie, value } = await this.backend.commit({
      phase: this.#phase,
      intent,
      changes,
      canIssueCookie: this.#canIssueCookie,
      newId: this.#nextId,
      requestInfo: this.requestInfo,
      ...more,
    });
    this.#phase = phase;
    if (phase.kind === 'live') this.#nextId = undefined;
    if (cookie !== 'leave') this.#cookie = cookie;
    return value;
  }
}
