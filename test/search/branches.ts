import type { SearchEvent } from './event.js';

/** The choices that lead to a state, the last one first. */
export interface Path {
  readonly before: Path | undefined;
  readonly index: number;
}

/** A state to go on from, and what need not happen there, since a schedule that goes on alike had it happen before. */
export interface Branch {
  readonly path: Path | undefined;
  readonly asleep: readonly SearchEvent[];
}

export function indexesOf(path: Path | undefined): number[] {
  const indexes: number[] = [];
  for (let at = path; at; at = at.before) indexes.push(at.index);
  return indexes.toReversed();
}

/**
 * The branches to follow: depth first, but those first after which the most can go wrong, so that a state that is met with
 * fewer faults left is known already.
 */
export class Branches {
  readonly #byFaults: Branch[][] = [];

  push(faultsLeft: number, branch: Branch): void {
    (this.#byFaults[faultsLeft] ??= []).push(branch);
  }

  pop(): Branch | undefined {
    return this.#byFaults.findLast((branches) => branches?.length > 0)?.pop();
  }
}
