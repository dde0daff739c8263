import type { Duration, SessionStore } from 'nestjs-sessions';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import { Session } from '../../lib/core/session/session.js';
import { SessionState } from '../../lib/core/session/session-state.js';
import type { Step } from './plan.js';
import type { Deed } from './session-model.js';
import { FollowingClock } from './shared-clock.js';
import { UnreliableStore } from './unreliable-store.js';
import { type Reply, type Values, VisitorRequest } from './visitor-request.js';

/** How an application uses sessions, and what goes wrong in its process. */
export interface VisitorOptions {
  readonly storeTimeout: number;
  readonly renewEvery: '2m' | false;
  /** The share of the writes to the store that go wrong. */
  readonly lossShare: number;
}

/** A request of the browser that a session is named after. */
export interface Visit {
  readonly name: string;
  readonly cookie: string;
  readonly step: Step;
  readonly aheadMs: number;
}

/** So short that touches fall due between the writes. */
const IDLE_TIMEOUT = '5m';
/** As long as it takes to recover from the last fault. */
const PATIENCE = '10s';

/** Uses one session as an application of one process does. */
export class SessionVisitor {
  readonly #clock = new FollowingClock();
  readonly #store: UnreliableStore;
  readonly #committer: SessionCommitter;
  /** With the session as loaded: others may have changed it since. */
  #last: VisitorRequest | undefined;

  constructor(
    private readonly inner: SessionStore,
    private readonly options: VisitorOptions,
  ) {
    this.#store = new UnreliableStore(inner, options.lossShare, () => this.#clock.aheadMs);
    this.#committer = this.#committerOn(this.#store, options.storeTimeout);
  }

  async create(name: string): Promise<string> {
    const committer = this.#committerOn(this.inner, PATIENCE);
    const session = new Session<Values>(new SessionState(committer));
    session.set('n', 0);
    session.set('name', name);
    await session.save();
    return session.id!;
  }

  async act({ name, cookie, step, aheadMs }: Visit): Promise<Reply> {
    this.#clock.follow(aheadMs);
    const request =
      (step.isLate && this.#takeLast()) || new VisitorRequest(this.#committer, cookie);
    const { writes } = this.#store;
    const reply = await request.perform(step.action, name);
    this.#last = isGoingOn(step.action, reply) ? request : undefined;
    const isWithoutEffect = reply.outcome === 'unknown' && this.#store.writes === writes;
    return isWithoutEffect ? { ...reply, outcome: 'refused' } : reply;
  }

  #takeLast(): VisitorRequest | undefined {
    const last = this.#last;
    this.#last = undefined;
    return last && this.#clock.isRecent(last.beganAt) ? last : undefined;
  }

  #committerOn(store: SessionStore, storeTimeout: Duration): SessionCommitter {
    const lifetime = { idleTimeout: IDLE_TIMEOUT, renewEvery: this.options.renewEvery } as const;
    const options = parseCommitOptions({ lifetime, limits: { storeTimeout } }, this.#clock);
    return new SessionCommitter(store, options);
  }
}

function isGoingOn({ kind }: Deed, { outcome }: Reply): boolean {
  const isAnswered = typeof outcome === 'number' || outcome === 'done';
  return isAnswered && kind !== 'destroy' && kind !== 'rotate';
}
