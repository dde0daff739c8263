import { type Session, SessionError, type SessionErrorCode } from 'nestjs-sessions';
import { Session as SessionHandle } from '../../lib/core/session/session.js';
import { SessionState } from '../../lib/core/session/session-state.js';
import type { SessionBackend } from '../../lib/core/session/session-phase.js';
import type { Answer, Deed } from './session-model.js';

/**
 * `refused`: it certainly did nothing. `unknown`: it may have happened, or will, or never does. `gone`: the session has
 * ended, and if the answer to a write got lost, nobody can tell whether that came before.
 */
export type Outcome = Answer | 'refused' | 'unknown' | 'gone';

export interface Reply {
  readonly outcome: Outcome;
  /** The id that the request brought. */
  readonly presented: string;
  /** The id that its response gives the browser. */
  readonly cookie?: string | undefined;
}

/** The name is how a session is recognized, whichever ids it has. */
export type Values = { n: number; name: string };

const OUTCOMES: Partial<Record<SessionErrorCode, Outcome>> = {
  SESSION_STORE_UNAVAILABLE: 'unknown',
  SESSION_CONFLICT: 'refused',
  SESSION_GONE: 'gone',
};

/** A request, as the library sees it: a cookie, what is done to the session, and the end of the request. */
export class VisitorRequest {
  readonly beganAt: number;
  readonly #state: SessionState;
  readonly #session: Session<Values>;

  constructor(
    backend: SessionBackend,
    private readonly presented: string,
  ) {
    this.beganAt = backend.now();
    this.#state = new SessionState(backend, [presented]);
    this.#session = new SessionHandle<Values>(this.#state);
  }

  async perform(deed: Deed, name: string): Promise<Reply> {
    const outcome = await this.#outcomeOf(deed, name);
    const isIssued = this.#state.cookie === 'issue' && (await this.#is(name));
    const cookie = isIssued ? this.#session.id : undefined;
    return { outcome, presented: this.presented, cookie };
  }

  /** A request that changes nothing but a session that has ended is given a new one: here, it finds it absent. */
  async #outcomeOf(deed: Deed, name: string): Promise<Outcome> {
    try {
      const answer = await this.#answerTo(deed);
      const isThere = deed.kind === 'destroy' || (await this.#is(name));
      await this.#state.finish();
      return isThere ? answer : 'absent';
    } catch (error) {
      this.#state.discard();
      const outcome = error instanceof SessionError ? OUTCOMES[error.code] : undefined;
      if (outcome === undefined) throw error;
      return outcome;
    }
  }

  async #answerTo(deed: Deed): Promise<Answer> {
    const session = this.#session;
    switch (deed.kind) {
      case 'get':
        return (await session.get('n')) ?? 0;
      case 'update':
        return session.update('n', (n = 0) => n + 1);
      case 'take':
        return (await session.take('n')) ?? 0;
      case 'set':
        session.set('n', deed.value);
        break;
      case 'rotate':
        session.rotate();
        session.userId = 'ann';
        break;
      case 'destroy':
        await session.destroy();
        return 'done';
      default:
        return deed satisfies never;
    }
    await session.save();
    return 'done';
  }

  async #is(name: string): Promise<boolean> {
    return this.#session.status === 'live' && (await this.#session.get('name')) === name;
  }
}
