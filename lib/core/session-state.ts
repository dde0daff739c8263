import { Changes } from './changes.js';
import { SessionError } from './session-errors.js';
import { newSessionId } from './session-id.js';
import {
  asOffered,
  type Asker,
  type CookieAction,
  type Intent,
  isOffered,
  type Modification,
  type SessionBackend,
  type Standing,
} from './standing.js';
import type { ValuesInPlace } from './values-in-place.js';

const NO_DATA = Object.freeze({});
const NO_CHANGES = new Changes();

/**
 * The state machine behind a session: what is known of its record, what this request changed, and what is to become
 * of the cookie. Readers share one load; commits run one after the other.
 *
 * @internal
 */
export class SessionState {
  #standing: Standing;
  #changes: Changes;
  /** What the commit under way is writing: readers see it already. */
  #underWay = NO_CHANGES;
  #intent: Intent = 'keep';
  #cookie: CookieAction = 'leave';
  #canIssueCookie = true;
  #isDiscarded = false;
  /** Whether there is more to do than what was asked for: to renew, to touch, to offer the cookie of a renewed id. */
  #isKeptUp = true;
  #edits = 0;
  /** How many edits there had been when the last commit failed; none when it did not. */
  #refusedAt: number | undefined;
  #loading: Promise<void> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #turnsLeft = 0;
  #nextId: string | undefined;

  /** Whether the application looked at the session or changed it. */
  isUsed = false;
  /** Called at each use from when it is set: once the response is over, nothing else finishes the session. */
  onUse: (() => void) | undefined;

  /** What the application changes without the handle, where a compatibility layer lets it. */
  inPlace: ValuesInPlace | undefined;

  /**
   * @param presented the well-formed ids that the request presented; undefined if it presented nothing at all
   * @param asker whose session this is
   */
  constructor(
    readonly backend: SessionBackend,
    presented?: readonly string[],
    readonly asker: Asker = { arrivedAt: backend.now() },
  ) {
    this.#changes = this.#noChanges();
    this.#standing = standingOf(presented);
  }

  get standing(): Standing {
    return this.#standing;
  }

  get cookie(): CookieAction {
    return isOffered(this.#standing) && this.#isKeptUp ? 'issue' : this.#cookie;
  }

  /** Everything this request changed and that is not in the record as last seen. */
  get unsaved(): Changes {
    return this.#underWay.isEmpty ? this.#changes : this.#underWay.followedBy(this.#changes);
  }

  get data(): Readonly<Record<string, unknown>> {
    return this.#standing.kind === 'live' ? this.#standing.record.data : NO_DATA;
  }

  /** The id under which the session is stored, or will be once it is. */
  get idToBe(): string {
    const isIdKept = this.#nextId === undefined && this.#intent !== 'rotate';
    if (isIdKept && this.#standing.kind === 'live') return this.#standing.id;
    return (this.#nextId ??= newSessionId());
  }

  /** Whether the end of the request has something to do that takes a commit. */
  get hasWork(): boolean {
    if (this.#isDiscarded || !this.isUsed) return false;
    if (!this.#changes.isEmpty || this.#intent !== 'keep') return true;
    if (this.inPlace?.areChanged) return true;
    if (!this.#isKeptUp) return false;
    switch (this.#standing.kind) {
      case 'live':
        return this.backend.isUpkeepDue(this.#standing, this.#canIssueCookie);
      case 'absent':
        return this.#cookie === 'leave';
      default:
        return false;
    }
  }

  /** Notes that the application uses its handle, which knows by then what was changed without it. */
  use(): void {
    this.isUsed = true;
    this.onUse?.();
    if (this.inPlace) this.#record(this.inPlace);
  }

  /** Whether all there is to write has been refused: nothing was changed since a commit failed. */
  get isRefused(): boolean {
    return this.#refusedAt === this.#edits;
  }

  /** The changes of this request, to add one. */
  edit(): Changes {
    this.#edits++;
    return this.#changes;
  }

  rotate(): void {
    this.#edits++;
    this.#intent = 'rotate';
    this.#nextId = undefined;
  }

  /** Looks the presented ids up, once for all callers. A failure stays: the session is not served as if it were new. */
  load(): Promise<void> {
    const { kind } = this.#standing;
    if (kind !== 'unloaded') return Promise.resolve();
    this.#loading ??= this.#loadNow(this.#standing.ids);
    return this.#loading;
  }

  /** Writes what was changed so far, and resolves to what the modification stored. */
  commit(modification?: Modification): Promise<unknown> {
    return this.#inTurn(async () => {
      if (!modification && !this.hasWork) return undefined;
      const isUnloaded = this.#standing.kind === 'unloaded';
      const isFresh = isUnloaded && this.#loading === undefined;
      if (isUnloaded) await this.load();
      if (this.inPlace) this.#record(this.inPlace);
      return this.#commitNow(modification, isFresh);
    });
  }

  /** Whether anything is left to write or is being written. */
  get isBusy(): boolean {
    return this.#turnsLeft > 0 || this.hasWork;
  }

  /** Writes what is left to write, after whatever is being written; undefined when all is done. */
  finish(): Promise<unknown> | undefined {
    return this.isBusy ? this.commit() : undefined;
  }

  /** Ends the session. What is changed from this call on belongs to a new one. */
  destroy(): Promise<void> {
    this.#changes = this.#noChanges();
    return this.#inTurn(async () => {
      // An old id may lead to a marker, and then neither the marker nor the cookie is this request's to remove.
      await this.load();
      const { standing, cookie } = await this.backend.commit({
        standing: this.#standing,
        isFresh: false,
        intent: 'destroy',
        changes: NO_CHANGES,
        modification: undefined,
        canIssueCookie: this.#canIssueCookie,
        asker: this.asker,
      });
      this.#intent = 'keep';
      this.#settle(standing, cookie);
    });
  }

  /** Forgets what was changed and looks the record up again. */
  reload(): Promise<void> {
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
    this.#nextId = undefined;
    return this.#inTurn(async () => {
      const seen = this.#standing;
      if (seen.kind === 'live') this.#standing = { kind: 'unloaded', ids: [seen.id] };
      this.#loading = undefined;
      try {
        await this.load();
        this.#standing = asOffered(this.#standing, seen);
      } catch (error) {
        // It may have an id that the client has yet to be told.
        this.#standing = seen;
        throw error;
      }
    });
  }

  /**
   * Forgets what was changed, for good: the response is an error of the server's. What was written before stays, and the
   * cookie that it needs still goes out.
   */
  discard(): void {
    this.#isDiscarded = true;
    this.inPlace = undefined;
    this.forget();
  }

  /** Forgets what was changed, since it could not be written. What is changed from now on counts. */
  forget(): void {
    this.#isKeptUp = false;
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
  }

  /** From now on a commit that needs a new cookie is refused, since none can reach the client. */
  closeCookie(): void {
    this.#canIssueCookie = false;
  }

  /** Recording uses the handle, which is not to record in turn. */
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
    this.#standing = await this.backend.load(ids, this.asker);
  }

  async #commitNow(modification: Modification | undefined, isFresh: boolean): Promise<unknown> {
    const intent = this.#intent;
    this.#underWay = this.#changes;
    this.#changes = this.#noChanges();
    this.#intent = 'keep';
    try {
      const { standing, cookie, value } = await this.backend.commit({
        standing: this.#standing,
        isFresh,
        intent,
        changes: this.#underWay,
        modification,
        canIssueCookie: this.#canIssueCookie,
        newId: this.#nextId,
        asker: this.asker,
      });
      this.#settle(standing, cookie);
      this.#refusedAt = undefined;
      return value;
    } catch (error) {
      // Another request has ended the session or given it a new id: the cookie of this one would take its place.
      if (SessionError.is(error, 'SESSION_GONE')) this.#cookie = 'leave';
      this.#changes = this.#underWay.followedBy(this.#changes);
      if (this.#intent === 'keep') this.#intent = intent;
      this.#refusedAt = this.#edits;
      throw error;
    } finally {
      this.#underWay = NO_CHANGES;
    }
  }

  #settle(standing: Standing, cookie: CookieAction): void {
    this.#standing = standing;
    if (standing.kind === 'live') this.#nextId = undefined;
    if (cookie !== 'leave') this.#cookie = cookie;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turnsLeft++ === 0 ? task() : this.#lastTurn.then(task);
    const leave = (): void => void this.#turnsLeft--;
    this.#lastTurn = turn.then(leave, leave);
    return turn;
  }
}

function standingOf(presented: readonly string[] | undefined): Standing {
  if (presented === undefined) return { kind: 'new' };
  return presented.length === 0 ? { kind: 'absent' } : { kind: 'unloaded', ids: presented };
}
