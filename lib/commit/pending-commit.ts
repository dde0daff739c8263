import { type Committed, isOffered, type LiveStanding, type Work } from '../core/standing.js';
import type { CertainStore } from './certain-store.js';
import type { CommitSettings } from './commit-settings.js';

/** What a commit of a live session is asked to do. @internal */
export type LiveWork = Work & { readonly standing: LiveStanding };

/**
 * A commit of a live session, from when it is asked for until it is answered. Of being called, being taken along and
 * being given up, the first happens and the others do not.
 *
 * @internal
 */
export class PendingCommit {
  #phase: 'waiting' | 'called' | 'joined' | 'given up' = 'waiting';
  #wake: () => void = () => undefined;
  #answer: Promise<Committed> | undefined;
  #settle: { resolve(committed: Committed): void; reject(error: unknown): void } | undefined;

  constructor(
    readonly work: LiveWork,
    readonly store: CertainStore,
    private readonly settings: CommitSettings,
  ) {}

  /** Resolves when it is called or taken along. */
  wait(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Its turn has come; false if it does not wait any more. */
  call(): boolean {
    return this.#become('called');
  }

  /** Another commit takes it along, and settles its answer; false if it does not wait any more. */
  join(): boolean {
    if (this.#phase !== 'waiting') return false;
    this.#answer = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    return this.#become('joined');
  }

  /** Its time is over, so nothing of it may be written; false if it does not wait any more. */
  giveUp(): boolean {
    return this.#become('given up');
  }

  /** What becomes of a commit that another one has taken along; undefined for any other. */
  get answer(): Promise<Committed> | undefined {
    return this.#answer;
  }

  resolve(committed: Committed): void {
    this.#settle?.resolve(committed);
  }

  reject(error: unknown): void {
    this.#settle?.reject(error);
  }

  /** Whether the other can be part of the same write: both change values of the same record, and nothing else. */
  canTake({ work, settings }: PendingCommit): boolean {
    return (
      this.settings === settings &&
      isPlain(this.work) &&
      isPlain(work) &&
      this.work.canIssueCookie === work.canIssueCookie &&
      this.work.standing.record.key === work.standing.record.key &&
      isOffered(this.work.standing) === isOffered(work.standing)
    );
  }

  #become(phase: 'called' | 'joined' | 'given up'): boolean {
    if (this.#phase !== 'waiting') return false;
    this.#phase = phase;
    this.#wake();
    return true;
  }
}

function isPlain({ intent, changes }: Work): boolean {
  return intent === 'keep' && changes.areValuesOnly;
}
