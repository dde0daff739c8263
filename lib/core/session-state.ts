import { Changes } from './changes.js';
import { SessionError } from './session-errors.js';
import {
  asOffered,
  type CookieAction,
  type Intent,
  isOffered,
  type Modification,
  type SessionBackend,
  type Standing,
} from './standing.js';

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
  #changes = new Changes();
  /** What the commit under way is writing: readers see it already. */
  #underWay = NO_CHANGES;
  #intent: Intent = 'keep';
  #cookie: CookieAction = 'leave';
  #canIssueCookie = true;
  #isDiscarded = false;
  #loading: Promise<void> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #turnsLeft = 0;

  /** Whether the application looked at the session or changed it. */
  isUsed = false;
  /** Called at each use from when it is set: once the response is over, nothing else finishes the session. */
  onUse: (() => void) | undefined;

  /**
   * @param presented the well-formed ids that the request presented; undefined if it presented nothing at all
   * @param arrivedAt when the request came
   */
  constructor(
    readonly backend: SessionBackend,
    presented?: readonly string[],
    private readonly arrivedAt: number = backend.now(),
  ) {
    this.#standing = standingOf(presented);
  }

  get standing(): Standing {
    return this.#standing;
  }

  get cookie(): CookieAction {
    return isOffered(this.#standing) && !this.#isDiscarded ? 'issue' : this.#cookie;
  }

  get changes(): Changes {
    return this.#changes;
  }

  /** Everything this request changed and that is not in the record as last seen. */
  get unsaved(): Changes {
    return this.#underWay.isEmpty ? this.#changes : this.#underWay.followedBy(this.#changes);
  }

  get data(): Readonly<Record<string, unknown>> {
    return this.#standing.kind === 'live' ? this.#standing.record.data : NO_DATA;
  }

  /** Whether the end of the request has something to do that takes a commit. */
  get hasWork(): boolean {
    if (this.#isDiscarded || !this.isUsed) return false;
    if (!this.#changes.isEmpty || this.#intent !== 'keep') return true;
    switch (this.#standing.kind) {
      case 'live':
        return this.backend.isUpkeepDue(this.#standing, this.#canIssueCookie);
      case 'absent':
        return this.#cookie === 'leave';
      default:
        return false;
    }
  }

  rotate(): void {
    this.#intent = 'rotate';
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
    this.#changes = new Changes();
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
      });
      this.#intent = 'keep';
      this.#settle(standing, cookie);
    });
  }

  /** Forgets what was changed and looks the record up again. */
  reload(): Promise<void> {
    this.#changes = new Changes();
    this.#intent = 'keep';
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
    this.#changes = new Changes();
    this.#intent = 'keep';
  }

  /** From now on a commit that needs a new cookie is refused, since none can reach the client. */
  closeCookie(): void {
    this.#canIssueCookie = false;
  }

  async #loadNow(ids: readonly string[]): Promise<void> {
    this.#standing = await this.backend.load(ids, this.arrivedAt);
  }

  async #commitNow(modification: Modification | undefined, isFresh: boolean): Promise<unknown> {
    const intent = this.#intent;
    this.#underWay = this.#changes;
    this.#changes = new Changes();
    this.#intent = 'keep';
    try {
      const { standing, cookie, value } = await this.backend.commit({
        standing: this.#standing,
        isFresh,
        intent,
        changes: this.#underWay,
        modification,
        canIssueCookie: this.#canIssueCookie,
      });
      this.#settle(standing, cookie);
      return value;
    } catch (error) {
      // Another request has ended the session or given it a new id: the cookie of this one would take its place.
      if (SessionError.is(error, 'SESSION_GONE')) this.#cookie = 'leave';
      this.#changes = this.#underWay.followedBy(this.#changes);
      if (this.#intent === 'keep') this.#intent = intent;
      throw error;
    } finally {
      this.#underWay = NO_CHANGES;
    }
  }

  #settle(standing: Standing, cookie: CookieAction): void {
    this.#standing = standing;
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
