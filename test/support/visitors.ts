import type { Clock, CommitOptions, Session, SessionStore } from 'nestjs-sessions';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import { StoreAccess } from '../../lib/commit/store-access.js';
import { UserSessions } from '../../lib/commit/user-sessions.js';
import { Session as SessionHandle } from '../../lib/core/session/session.js';
import { SessionState } from '../../lib/core/session/session-state.js';

export type Visitor = Session<Record<string, unknown>>;

/** Those who visit an application, each of them served by a process of its own, so that no queue keeps them in order. */
export class Visitors {
  readonly sessions: UserSessions;

  constructor(
    readonly store: SessionStore,
    private readonly clock?: Clock,
    private readonly options: CommitOptions = {},
  ) {
    this.sessions = new UserSessions(store, parseCommitOptions(options, clock));
  }

  open(id?: string): Visitor {
    const committer = new SessionCommitter(
      this.store,
      parseCommitOptions(this.options, this.clock),
      new StoreAccess(this.store),
    );
    return new SessionHandle(new SessionState(committer, id === undefined ? undefined : [id]));
  }

  async anonymous(): Promise<Visitor> {
    const session = this.open();
    session.set('n', 1);
    await session.save();
    return session;
  }

  async signedIn(userId: string): Promise<Visitor> {
    const session = this.open();
    session.userId = userId;
    await session.save();
    return session;
  }

  /** A request that reads and changes nothing. */
  async use(session: Visitor): Promise<void> {
    await (await this.open(session.id).load()).save();
  }

  /** What a request of theirs would find that comes now. */
  async isSignedIn(session: Visitor): Promise<boolean> {
    return (await this.open(session.id).load()).userId !== undefined;
  }
}
