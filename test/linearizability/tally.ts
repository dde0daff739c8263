import { firstContradiction } from './checker.js';
import { printed } from './history.js';
import type { Recording } from './recording.js';
import { sessionModel } from './session-model.js';

/** Checks histories, and counts. */
export class Tally {
  /** The histories that are not linearizable, to be read. */
  readonly violations: string[] = [];
  readonly #startedAt = performance.now();
  #histories = 0;
  #operations = 0;
  #unknown = 0;
  readonly #ids = { renewed: 0, rotated: 0, lost: 0 };

  add({ operations: history, ids }: Recording): void {
    this.#histories++;
    this.#operations += history.length;
    this.#unknown += history.filter(({ endedAt }) => endedAt === Infinity).length;
    for (const kind of ['renewed', 'rotated', 'lost'] as const) this.#ids[kind] += ids[kind];
    const culprit = firstContradiction(history, sessionModel);
    if (culprit) this.violations.push(`${printed(history)}\nnot possible: ${printed([culprit])}`);
  }

  print(name: string, faults: readonly string[] = []): void {
    const seconds = ((performance.now() - this.#startedAt) / 1_000).toFixed(1);
    const counts = [
      `${this.#histories} histories`,
      `${this.#operations} operations`,
      `${this.#unknown} of unknown outcome`,
      `ids: ${this.#ids.renewed} by renewal, ${this.#ids.rotated} by rotation, ${this.#ids.lost} cookies lost`,
      `${this.violations.length} violations`,
      `${seconds} s`,
    ];
    process.stdout.write(`${name}: ${counts.join(', ')}${countsOf(faults)}\n`);
  }
}

function countsOf(faults: readonly string[]): string {
  const names = [...new Set(faults)].toSorted();
  const counts = names.map((name) => `${faults.filter((fault) => fault === name).length} ${name}`);
  return counts.length > 0 ? ` (${counts.join(', ')})` : '';
}
