/**
 * The program of a process that puts load on sessions while a master is killed. It increments its sessions one after
 * the other until it is told to stop, and destroys one now and then; then it says what was acknowledged, and what it
 * finds.
 */
import { openSession, SessionError, type SessionStore } from 'nestjs-sessions';
import { type Place, storeMakers } from './store-makers.js';

/** What one process saw. */
export interface LoadReport {
  readonly requests: number;
  /** Requests that were refused because the store did not answer in time. */
  readonly errors: number;
  readonly otherErrors: number;
  readonly worstWaitMs: number;
  /** Acknowledged increments that are not there. */
  readonly lostWrites: number;
  /** Sessions that were acknowledged and are not there. */
  readonly lostSessions: number;
  /** Sessions that were destroyed and are there again. */
  readonly revivedSessions: number;
}

type Values = { count: number };

const SESSIONS = 30;
/** Every so many requests, a session is destroyed and a new one takes its place. */
const DESTROY_EVERY = 25;

class Load {
  readonly #acknowledged = new Map<string, number>();
  readonly #destroyed: string[] = [];
  #requests = 0;
  #errors = 0;
  #otherErrors = 0;
  #worstWaitMs = 0;

  constructor(private readonly store: SessionStore) {}

  async runUntil(isOver: () => boolean): Promise<void> {
    const runners = Array.from({ length: SESSIONS }, () => this.#use(isOver));
    await Promise.all(runners);
  }

  async report(): Promise<LoadReport> {
    let [lostWrites, lostSessions, revivedSessions] = [0, 0, 0];
    for (const [id, count] of this.#acknowledged) {
      const found = await this.#open(id).get('count');
      if (found === undefined) lostSessions++;
      else lostWrites += Math.max(0, count - found);
    }
    for (const id of this.#destroyed) {
      if ((await this.#open(id).get('count')) !== undefined) revivedSessions++;
    }
    return {
      requests: this.#requests,
      errors: this.#errors,
      otherErrors: this.#otherErrors,
      worstWaitMs: this.#worstWaitMs,
      lostWrites,
      lostSessions,
      revivedSessions,
    };
  }

  #open(id?: string) {
    return openSession<Values>(this.store, id);
  }

  /** One visitor: a session that is used, ended, and replaced by a new one. */
  async #use(isOver: () => boolean): Promise<void> {
    let id: string | undefined;
    for (let n = 1; !isOver(); n++) {
      const session = this.#open(id);
      const isLast = id !== undefined && n % DESTROY_EVERY === 0;
      const ended = id;
      await this.#request(async () => {
        if (isLast) {
          this.#acknowledged.delete(ended!);
          id = undefined;
          await session.destroy();
          this.#destroyed.push(ended!);
          return;
        }
        const count = await session.update('count', (before = 0) => before + 1);
        id = session.id!;
        this.#acknowledged.set(id, count);
      });
    }
  }

  async #request(task: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    this.#requests++;
    try {
      await task();
    } catch (error) {
      if (SessionError.is(error, 'SESSION_STORE_UNAVAILABLE')) this.#errors++;
      else this.#otherErrors++;
    }
    this.#worstWaitMs = Math.max(this.#worstWaitMs, Math.round(performance.now() - startedAt));
  }
}

const [name, place] = process.argv.slice(2) as [string, string];
const { store, close } = await storeMakers[name]!(JSON.parse(place) as Place);
const load = new Load(store);
let isOver = false;
process.on('message', () => (isOver = true));
process.on('disconnect', () => void close());
process.send!('ready');
await load.runUntil(() => isOver);
process.send!(await load.report());
