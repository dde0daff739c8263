import {
  openSession,
  type Session,
  SessionError,
  type SessionErrorCode,
  type SessionStore,
} from 'nestjs-sessions';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import { Session as SessionHandle } from '../../lib/core/session.js';
import { SessionState } from '../../lib/core/session-state.js';
import type { Step } from './plan.js';
import type { Action, Answer } from './session-model.js';

/**
 * `refused`: it certainly did nothing. `unknown`: it may have happened, or will, or never does. `gone`: the session has
 * ended, and if the answer to a write got lost, nobody can tell whether that came before.
 */
export type Reply = Answer | 'refused' | 'unknown' | 'gone';

type Values = { n: number };

const REPLIES: Partial<Record<SessionErrorCode, Reply>> = {
  SESSION_STORE_UNAVAILABLE: 'unknown',
  SESSION_CONFLICT: 'refused',
  SESSION_GONE: 'gone',
};

/** Uses sessions as an application of one process does. */
export class SessionVisitor {
  readonly #committer: SessionCommitter;
  /** As loaded by the last request, by id: others may have changed the session since. */
  readonly #loaded = new Map<string, Session<Values>>();

  constructor(
    private readonly store: SessionStore,
    storeTimeout: number,
  ) {
    this.#committer = new SessionCommitter(store, parseCommitOptions({ limits: { storeTimeout } }));
  }

  /** Takes the time that it takes to recover from the last fault. */
  async create(): Promise<string> {
    const session = openSession<Values>(this.store, undefined, { limits: { storeTimeout: '10s' } });
    session.set('n', 0);
    await session.save();
    return session.id!;
  }

  /** A request that changes nothing but a session that has ended is given a new one: here, it finds it absent. */
  async act(id: string, { action, isLate }: Step): Promise<Reply> {
    const session = (isLate && this.#loaded.get(id)) || this.#open(id);
    this.#loaded.delete(id);
    try {
      const answer = await perform(session, action);
      if (action.kind === 'destroy') return answer;
      if (session.id !== id) return 'absent';
      this.#loaded.set(id, session);
      return answer;
    } catch (error) {
      return replyTo(error);
    }
  }

  #open(id: string): Session<Values> {
    return new SessionHandle<Values>(new SessionState(this.#committer, [id]));
  }
}

async function perform(session: Session<Values>, action: Action): Promise<Answer> {
  switch (action.kind) {
    case 'get':
      return (await session.get('n')) ?? 'absent';
    case 'update':
      return session.update('n', (n = 0) => n + 1);
    case 'set':
      session.set('n', action.value);
      await session.save();
      return 'done';
    case 'destroy':
      await session.destroy();
      return 'done';
    default:
      return action satisfies never;
  }
}

function replyTo(error: unknown): Reply {
  const reply = error instanceof SessionError ? REPLIES[error.code] : undefined;
  if (reply === undefined) throw error;
  return reply;
}
