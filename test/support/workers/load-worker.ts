/**
 * The program of a process that puts load on sessions while a master is killed. It increments its sessions until it is
 * told to stop, and destroys or rotates one now and then; then it says what was acknowledged, and what it finds.
 */
import { openSession, type Session, SessionError, type SessionStore } from 'nestjs-sessions';
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
  /** Acknowledged ends of sessions: destroys, and rotations for the old id. */
  readonly ends: number;
  /** Sessions that had ended and are there again. */
  readonly revivedSessions: number;
}

type Values = { count: number };

const SESSIONS = 30;
/** Every so many requests, a session is destroyed, and a new one takes its place; or it is rotated, in turn. */
const END_EVERY = 12;

class Load {
  readonly #acknowledged = new Map<string, number>();
  readonly #ended: string[] = [];
  #requests = 0;
  #errors = 0;
  #otherErrors = 0;
  #worstWaitMs = 0;
  #lostWrites = 0;

  constructor(private readonly store: SessionStore) {}

  async runUntil(isOver: () => boolean): Promise<void> {
    const runners = Array.from({ length: SESSIONS }, () => this.#use(isOver));
    await Promise.all(runners);
  }

  async report(): Promise<LoadReport> {
    let [lostSessions, revivedSessions] = [0, 0];
    for (const [id, count] of this.#acknowledged) {
      const found = await this.#found(id);
      if (found === undefined) lostSessions++;
      else this.#compare(count, found);
    }
    for (const id of this.#ended) {
      if ((await this.#found(id)) !== undefined) revivedSessions++;
    }
    return {
      requests: this.#requests,
      errors: this.#errors,
      otherErrors: this.#otherErrors,
      worstWaitMs: this.#worstWaitMs,
      lostWrites: this.#lostWrites,
      lostSessions,
      ends: this.#ended.length,
      revivedSessions,
    };
  }

  #open(id?: string) {
    return openSession<Values>(this.store, id);
  }

  /** One visitor: a session that is used, rotated, ended, and replaced by a new one. */
  async #use(isOver: () => boolean): Promise<void> {
    let id: string | undefined;
    for (let n = 1; !isOver(); n++) {
      const before = id;
      const isEnd = before !== undefined && n % END_EVERY === 0;
      // Until an end is acknowledged, nobody knows which id is good.
      if (isEnd) id = undefined;
      await this.#request(async () => {
        if (!isEnd) id = await this.#increment(before);
        else if (n % (2 * END_EVERY) === 0) await this.#destroy(before);
        else id = await this.#rotate(before);
      });
    }
  }

  async #increment(id: string | undefined): Promise<string> {
    const session = this.#open(id);
    const count = await session.update('count', (before = 0) => before + 1);
    const now = session.id!;
    this.#compare((this.#acknowledged.get(now) ?? 0) + 1, count);
    this.#acknowledged.set(now, count);
    return now;
  }

  async #destroy(id: string): Promise<void> {
    const session = this.#open(id);
    if (!(await this.#forget(id, session))) return;
    await session.destroy();
    this.#ended.push(id);
  }

  async #rotate(id: string): Promise<string | undefined> {
    const session = this.#open(id);
    const count = await this.#forget(id, session);
    if (count === undefined) return undefined;
    session.rotate();
    await session.save();
    this.#ended.push(id);
    this.#acknowledged.set(session.id!, count);
    return session.id;
  }

  /** What a session that is about to end has counted. One that got lost remains, to be found missing. */
  async #forget(id: string, session: Session<Values>): Promise<number | undefined> {
    const count = await session.get('count');
    if (count === undefined) return undefined;
    this.#compare(this.#acknowledged.get(id)!, count);
    this.#acknowledged.delete(id);
    return count;
  }

  /** However long the failover takes. */
  async #found(id: string): Promise<number | undefined> {
    for (;;) {
      try {
        return await this.#open(id).get('count');
      } catch (error) {
        if (!SessionError.is(error, 'SESSION_STORE_UNAVAILABLE')) throw error;
      }
    }
  }

  #compare(expected: number, found: number): void {
    this.#lostWrites += Math.max(0, expected - found);
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
// Also in the middle of the load, when the test has failed.
process.on('disconnect', () => void close().finally(() => process.exit()));
process.send!('ready');
await load.runUntil(() => isOver);
process.send!(await load.report());
