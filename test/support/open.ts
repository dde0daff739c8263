import type { Session, SessionStore, Storable } from 'nestjs-sessions';
import { ManualClock } from 'nestjs-sessions/testing';
import { parseCommitOptions, type CommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import type { CommitEvent } from '../../lib/commit/commit-events.js';
import { Session as SessionHandle } from '../../lib/core/session/session.js';
import { SessionState } from '../../lib/core/session/session-state.js';
import { CountingStore } from './counting-store.js';
import { PassingClock } from './passing-clock.js';
import { MemorySessionStore } from 'nestjs-sessions/memory';

export type Values = Record<string, unknown>;

/** Sessions on one store and a clock that tests move, as a process of an application has them. */
export class Bench {
  readonly clock: ManualClock;
  readonly store: CountingStore;
  readonly warnings: string[] = [];
  readonly news: CommitEvent[] = [];
  readonly committer: SessionCommitter;

  constructor(
    options: CommitOptions = {},
    { clock, inner }: { clock?: ManualClock; inner?: SessionStore } = {},
  ) {
    this.clock = clock ?? new PassingClock();
    this.store = new CountingStore(inner ?? new MemorySessionStore({ clock: this.clock }));
    const settings = parseCommitOptions(
      options,
      this.clock,
      (message) => this.warnings.push(message),
      (news) => this.news.push(news),
    );
    this.committer = new SessionCommitter(this.store, settings);
  }

  /** What a request holds that presented these ids. */
  state(...ids: string[]): SessionState {
    return new SessionState(this.committer, ids.length === 0 ? undefined : ids);
  }

  open<T extends Storable<T> = Values>(...ids: string[]): Session<T> {
    return new SessionHandle<T>(this.state(...ids));
  }

  /** A stored session; the calls that took are forgotten. */
  async stored(data: Values = { a: 1 }): Promise<string> {
    const session = this.open();
    for (const [key, value] of Object.entries(data)) session.set(key, value);
    await session.save();
    this.store.takeCalls();
    return session.id!;
  }

  /** What a request that comes now reads. */
  async read(id: string): Promise<Values> {
    return { ...(await this.open(id).all()) };
  }
}

/** A promise that a test fulfils. */
export function barrier(): { readonly reached: Promise<void>; lift(): void } {
  let lift!: () => void;
  const reached = new Promise<void>((resolve) => (lift = resolve));
  return { reached, lift };
}

/** Lets `parties` requests load before any of them may go on. */
export function meetAfterLoading(bench: Bench, parties: number): void {
  const all = barrier();
  let loads = 0;
  bench.store.after = (operation) => {
    if (operation !== 'load' || loads === parties) return undefined;
    if (++loads === parties) all.lift();
    return all.reached;
  };
}
