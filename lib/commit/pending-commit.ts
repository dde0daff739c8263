import {
  type CommitResult,
  isCookiePending,
  type LoadedSession,
  type CommitRequest,
} from '../core/session/session-phase.js';
import type { VerifiedStore } from './verified-store.js';
import type { CommitSettings } from './commit-settings.js';

/** The input of a commit of a live session. @internal */
export type LiveCommitRequest = CommitRequest & { readonly phase: LoadedSession };

/**
 * A commit of a live session, from its request to its answer. It can be called, joined to another or given up: the
 * first of these excludes the others.
 *
 * @internal
 */
export class PendingCommit {
  #phase: 'waiting' | 'called' | 'joined' | 'given up' = 'waiting';
  #wake: () => void = () => undefined;
  #answer: Promise<CommitResult> | undefined;
  #settle: { resolve(committed: CommitResult): void; reject(error: unknown): void } | undefined;

  constructor(
    readonly request: LiveCommitRequest,
    readonly store: VerifiedStore,
    private readonly settings: CommitSettings,
  ) {}

  /** Resolves when it is called or joined to another. */
  wait(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Starts its turn; false if it no longer waits. */
  call(): boolean {
    return this.#become('called');
  }

  /** Joins it to another commit, which settles its answer; false if it no longer waits. */
  join(): boolean {
    if (this.#phase !== 'waiting') return false;
    this.#answer = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // If its time ends right now, nobody waits for the answer, and its rejection would end the process.
    this.#answer.catch(() => undefined);
    return this.#become('joined');
  }

  /** Ends its time, so that nothing of it may be written; false if it no longer waits. */
  giveUp(): boolean {
    return this.#become('given up');
  }

  /** The answer to a commit that joined another one; undefined for any other. */
  get answer(): Promise<CommitResult> | undefined {
    return this.#answer;
  }

  resolve(committed: CommitResult): void {
    this.#settle?.resolve(committed);
  }

  reject(error: unknown): void {
    this.#settle?.reject(error);
  }

  /** Whether the other can be part of the same write: both change values of the same record, and nothing else. */
  canTake({ request, settings }: PendingCommit): boolean {
    return (
      this.settings === settings &&
      isPlain(this.request) &&
      isPlain(request) &&
      this.request.canIssueCookie === request.canIssueCookie &&
      this.request.phase.record.key === request.phase.record.key &&
      isCookiePending(this.request.phase) === isCookiePending(request.phase)
    );
  }

  #become(phase: 'called' | 'joined' | 'given up'): boolean {
    if (this.#phase !== 'waiting') return false;
    this.#phase = phase;
    this.#wake();
    return true;
  }
}

function isPlain({ intent, changes }: CommitRequest): boolean {
  return intent === 'keep' && changes.areValuesOnly;
}
