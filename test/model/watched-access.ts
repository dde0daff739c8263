import { CommitQueue, type Turn } from '../../lib/commit/commit-queue.js';
import type { PendingCommit } from '../../lib/commit/pending-commit.js';
import { StoreAccess } from '../../lib/commit/store-access.js';
import { currentStep, type Step } from './step.js';

/** A queue that notes which steps become one write. */
class WatchedQueue extends CommitQueue {
  readonly #steps = new WeakMap<PendingCommit, Step>();

  override enter(lineage: string, commit: PendingCommit): boolean {
    const step = currentStep();
    if (step) this.#steps.set(commit, step);
    return super.enter(lineage, commit);
  }

  override take(lineage: string, commit: PendingCommit): Turn {
    const turn = super.take(lineage, commit);
    const steps = turn.commits.flatMap((one) => this.#steps.get(one) ?? []);
    const [first, ...joined] = steps;
    if (first) first.joined = joined;
    for (const step of joined) step.leader = first;
    for (const [index, step] of steps.entries()) {
      step.ahead = steps.slice(0, index).flatMap(({ changes }) => changes);
      step.together = steps.flatMap(({ changes }) => changes);
    }
    return turn;
  }
}

/** What a process has of a store, with a queue whose turns the judges know. */
export class WatchedAccess extends StoreAccess {
  override readonly queue = new WatchedQueue();
}
