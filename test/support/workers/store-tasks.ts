import { type Session, SessionError, type SessionStore } from 'nestjs-sessions';
import { parseCommitOptions } from '../../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../../lib/commit/committer.js';
import { Session as SessionHandle } from '../../../lib/core/session/session.js';
import { SessionState } from '../../../lib/core/session/session-state.js';

/** What a worker does to sessions, one request after the other; `worker` tells the workers apart. */
export type Task =
  | {
      readonly kind: 'set-keys' | 'increment';
      readonly id: string;
      readonly worker: number;
      readonly times: number;
    }
  | { readonly kind: 'destroy' | 'commit'; readonly ids: readonly string[] };

/** What overlapping requests keep is the subject, not how long a busy machine takes for it. */
export const UNHURRIED = { limits: { storeTimeout: '30s' } } as const;

type Values = Record<string, number>;

/** As an application of one process works on sessions: all its requests through one committer. */
export class StoreWorker {
  readonly #committer: SessionCommitter;

  constructor(store: SessionStore) {
    this.#committer = new SessionCommitter(store, parseCommitOptions(UNHURRIED));
  }

  /** Resolves to what each of the requests was answered. */
  async perform(task: Task): Promise<unknown[]> {
    switch (task.kind) {
      case 'set-keys':
        return inTurn(task.times, (n) => this.#set(task.id, `key-${task.worker}-${n}`));
      case 'increment':
        return inTurn(task.times, () =>
          this.#open(task.id).update('count', (count = 0) => count + 1),
        );
      case 'destroy':
        return Promise.all(task.ids.map((id) => this.#open(id).destroy()));
      case 'commit':
        return Promise.all(task.ids.map((id) => this.#commit(id)));
      default:
        return task satisfies never;
    }
  }

  #open(id: string): Session<Values> {
    return new SessionHandle<Values>(new SessionState(this.#committer, [id]));
  }

  async #set(id: string, key: string): Promise<void> {
    const session = this.#open(id);
    session.set(key, 1);
    await session.save();
  }

  /** Reads, then writes: whether the session was still there to be written. */
  async #commit(id: string): Promise<'saved' | 'gone' | 'absent'> {
    const session = await this.#open(id).load();
    if (session.status !== 'live') return 'absent';
    try {
      session.set('late', 1);
      await session.save();
      return 'saved';
    } catch (error) {
      if (SessionError.is(error, 'SESSION_GONE')) return 'gone';
      throw error;
    }
  }
}

async function inTurn<T>(times: number, request: (n: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let n = 0; n < times; n++) answers.push(await request(n));
  return answers;
}
