import type { LiveRecord } from '../core/record/session-record.js';
import type { PendingCommit } from './pending-commit.js';

/** The commits of one session that wait for the one under way, and the record that the last one left in the store. */
interface Line {
  waiting: readonly PendingCommit[];
  latest: LiveRecord | undefined;
}

/**
 * The start of a commit whose turn has come: itself and the commits that join it, and the record at hand.
 *
 * @internal
 */
export interface Turn {
  readonly commits: readonly PendingCommit[];
  readonly latest: LiveRecord | undefined;
}

/**
 * Runs the commits of each session one after the other. Commits that wait and can be combined become one write, and
 * each turn starts from the record that the previous one wrote.
 *
 * The queue identifies a session by its lineage, since a renewal changes its key while commits wait.
 *
 * @internal
 */
export class CommitQueue {
  readonly #lines = new Map<string, Line>();

  /** Queues a commit, and returns whether it has to wait until it is called. */
  enter(lineage: string, commit: PendingCommit): boolean {
    const line = this.#lines.get(lineage);
    if (line) line.waiting = [...line.waiting, commit];
    else this.#lines.set(lineage, { waiting: [], latest: undefined });
    return line !== undefined;
  }

  /** The turn of a commit that need not wait any more. The caller has to leave it, whatever the outcome. */
  take(lineage: string, first: PendingCommit): Turn {
    const line = this.#lines.get(lineage)!;
    const joined = line.waiting.filter((other) => first.canTake(other) && other.join());
    line.waiting = line.waiting.filter((other) => !joined.includes(other));
    return { commits: [first, ...joined], latest: line.latest };
  }

  /** Calls the next commit whose time is not over yet. */
  leave(lineage: string, latest: LiveRecord | undefined): void {
    const line = this.#lines.get(lineage)!;
    line.latest = latest;
    const next = line.waiting.findIndex((commit) => commit.call());
    line.waiting = line.waiting.slice(next + 1);
    if (next === -1) this.#lines.delete(lineage);
  }
}
