import { Changes } from './changes.js';
import { SessionError } from '../errors/session-errors.js';
import { newSessionId } from '../record/session-id.js';
import {
  keepPendingCookie,
  type RequestInfo,
  type CookieAction,
  type Intent,
  isCookiePending,
  type KeyUpdate,
  type SessionBackend,
  type SessionPhase,
} from './session-phase.js';
import type { ValuesInPlace } from './values-in-place.js';

const NO_DATA = Object.freeze({});
const NO_CHANGES = new Changes();

/**
 * The state machine behind a session: the known record, the changes of this request, and the pending action on the
 * cookie. Readers share one load; commits run one after the other.
 *
 * @internal
 */
export class SessionState {
  #phase: SessionPhase;
  #changes: Changes;
  /** The changes that the commit under way is writing: readers already get them. */
  #underWay = NO_CHANGES;
  #intent: Intent = 'keep';
  #cookie: CookieAction = 'leave';
  #canIssueCookie = true;
  #isDiscarded = false;
  /** Whether maintenance may still be due: to renew, to touch, or to send the pending cookie of a renewed id. */
  #isMaintained = true;
  #edits = 0;
  /** The number of edits when the last commit failed; undefined if it succeeded. */
  #refusedAt: number | undefined;
  #loading: Promise<void> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #turnsLeft = 0;
  #nextId: string | undefined;

  /** Whether the application read or changed the session. */
  isUsed = false;
  /** Called at each use once it is set: after the response, nothing else finishes the session. */
  onUse: (() => void) | undefined;

  /** Values that the application changes without the handle, where a compatibility layer allows it. */
  inPlace: ValuesInPlace | undefined;

  /**
   * @param presented the well-formed ids that the request presented; undefined if it presented nothing at all
   * @param requestInfo the request that owns this state
   */
  constructor(
    readonly backend: SessionBackend,
    presented?: readonly string[],
    readonly requestInfo: RequestInfo = { arrivedAt: backend.now() },
  ) {
    this.#changes = this.#noChanges();
    this.#phase = phaseOf(presented);
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  get cookie(): CookieAction {
    return isCookiePending(this.#phase) && this.#isMaintained ? 'issue' : this.#cookie;
  }

  /** All changes of this request that are not in the last known record. */
  get unsaved(): Changes {
    return this.#underWay.isEmpty ? this.#changes : this.#underWay.followedBy(this.#changes);
  }

  get data(): Readonly<Record<string, unknown>> {
    return this.#phase.kind === 'live' ? this.#phase.record.data : NO_DATA;
  }

  /** The id under which the session is stored, or will be. */
  get idToBe(): string {
    const isIdKept = this.#nextId === undefined && this.#intent !== 'rotate';
    if (isIdKept && this.#phase.kind === 'live') return this.#phase.id;
    return (this.#nextId ??= newSessionId());
  }

  /** Whether the end of the request needs a commit. */
  get hasWork(): boolean {
    if (this.#isDiscarded || !this.isUsed) return false;
    if (!this.#changes.isEmpty || this.#intent !== 'keep') return true;
    if (this.inPlace?.areChanged) return true;
    if (!this.#isMaintained) return false;
    switch (this.#phase.kind) {
      case 'live':
        return this.backend.isMaintenanceDue(this.#phase, this.#canIssueCookie);
      case 'absent':
        return this.#cookie === 'leave';
      default:
        return false;
    }
  }

  /** Notes a use of the handle, and first records what was changed without it. */
  use(): void {
    this.isUsed = true;
    this.onUse?.();
    if (this.inPlace) this.#record(this.inPlace);
  }

  /** Whether everything left to write was refused: nothing has changed since a commit failed. */
  get isRefused(): boolean {
    return this.#refusedAt === this.#edits;
  }

  /** The changes of this request, to which the caller adds one. */
  edit(): Changes {
    this.#edits++;
    return this.#changes;
  }

  rotate(): void {
    this.#edits++;
    this.#intent = 'rotate';
    this.#nextId = undefined;
  }

  /**
   * Looks up the presented ids, once for all callers. A failure stays, lest the session be served as if it were new.
   */
  load(): Promise<void> {
    const { kind } = this.#phase;
    if (kind !== 'unloaded') return Promise.resolve();
    this.#loading ??= this.#loadNow(this.#phase.ids);
    return this.#loading;
  }

  /** Writes the changes so far, and resolves to the value that the key update stored. */
  commit(keyUpdate?: KeyUpdate): Promise<unknown> {
    return this.#inTurn(async () => {
      if (!keyUpdate && !this.hasWork) return undefined;
      const isUnloaded = this.#phase.kind === 'unloaded';
      const isFresh = isUnloaded && this.#loading === undefined;
      if (isUnloaded) await this.load();
      if (this.inPlace) this.#record(this.inPlace);
      return this.#commitNow(keyUpdate, isFresh);
    });
  }

  /** Whether a write is left or under way. */
  get isBusy(): boolean {
    return this.#turnsLeft > 0 || this.hasWork;
  }

  /** Writes what is left, after any write under way; undefined if there is nothing left. */
  finish(): Promise<unknown> | undefined {
    return this.isBusy ? this.commit() : undefined;
  }

  /** Ends the session. Changes from this call on belong to a new one. */
  destroy(): Promise<void> {
    this.#changes = this.#noChanges();
    return this.#inTurn(async () => {
      // An old id may lead to a tombstone: then this request may remove neither the tombstone nor the cookie.
      await this.load();
      const { phase, cookie } = await this.backend.commit({
        phase: this.#phase,
        isFresh: false,
        intent: 'destroy',
        changes: NO_CHANGES,
        keyUpdate: undefined,
        canIssueCookie: this.#canIssueCookie,
        requestInfo: this.requestInfo,
      });
      this.#intent = 'keep';
      this.#settle(phase, cookie);
    });
  }

  /** Discards the changes and loads the record again. */
  reload(): Promise<void> {
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
    this.#nextId = undefined;
    return this.#inTurn(async () => {
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

  /**
   * Discards the changes for good: the response is a server error. Earlier writes stay, and the cookie that they need
   * still goes out.
   */
  discard(): void {
    this.#isDiscarded = true;
    this.inPlace = undefined;
    this.forget();
  }

  /** Discards the changes that could not be written. Later changes count. */
  forget(): void {
    this.#isMaintained = false;
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
  }

  /** Refuses any later commit that needs a new cookie, since none can reach the client. */
  closeCookie(): void {
    this.#canIssueCookie = false;
  }

  /** Recording uses the handle, and that use must not record in turn. */
  #record(values: ValuesInPlace): void {
    this.inPlace = undefined;
    try {
      values.record();
    } finally {
      this.inPlace = values;
    }
  }

  #noChanges(): Changes {
    return new Changes(this.backend.recordBytes);
  }

  async #loadNow(ids: readonly string[]): Promise<void> {
    this.#phase = await this.backend.load(ids, this.requestInfo);
  }

  async #commitNow(keyUpdate: KeyUpdate | undefined, isFresh: boolean): Promise<unknown> {
    const intent = this.#intent;
    this.#underWay = this.#changes;
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
    try {
      const { phase, cookie, value } = await this.backend.commit({
        phase: this.#phase,
        isFresh,
        intent,
        changes: this.#underWay,
        keyUpdate,
        canIssueCookie: this.#canIssueCookie,
        newId: this.#nextId,
        requestInfo: this.requestInfo,
      });
      this.#settle(phase, cookie);
      this.#refusedAt = undefined;
      return value;
    } catch (error) {
      // Another request has ended the session or given it a new id: this cookie would replace the one of that request.
      if (SessionError.is(error, 'SESSION_GONE')) this.#cookie = 'leave';
      this.#changes = this.#underWay.followedBy(this.#changes);
      if (this.#intent === 'keep') this.#intent = intent;
      this.#refusedAt = this.#edits;
      throw error;
    } finally {
      this.#underWay = NO_CHANGES;
    }
  }

  #settle(phase: SessionPhase, cookie: CookieAction): void {
    this.#phase = phase;
    if (phase.kind === 'live') this.#nextId = undefined;
    if (cookie !== 'leave') this.#cookie = cookie;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turnsLeft++ === 0 ? task() : this.#lastTurn.then(task);
    const leave = (): void => void this.#turnsLeft--;
    this.#lastTurn = turn.then(leave, leave);
    return turn;
  }
}

function phaseOf(presented: readonly string[] | undefined): SessionPhase {
  if (presented === undefined) return { kind: 'new' };
  return presented.length === 0 ? { kind: 'absent' } : { kind: 'unloaded', ids: presented };
}
