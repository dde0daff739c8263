import { Changes } from '../core/changes.js';
import type { Committed, Standing, Work } from '../core/standing.js';

const NO_CHANGES = new Changes();
const NO_DATA = Object.freeze({});

/** What all of them have in common once they are written. @internal */
export type Outcome = Omit<Committed, 'value'>;

/**
 * What one commit, or several of one session together, make of a record. Several are as good as one after the other.
 *
 * @internal
 */
export class Draft {
  #values: readonly unknown[] = [];

  constructor(private readonly works: readonly Work[]) {}

  /** The first of them, which stands for all: those that join it want the same but for their values. */
  get work(): Work {
    const [first] = this.works as readonly [Work];
    return first;
  }

  /** The changes to make, with the values that the modifications make of those they find. */
  on(standing: Standing): Changes {
    const data = standing.kind === 'live' ? standing.record.data : NO_DATA;
    const values: unknown[] = [];
    this.#values = values;
    return this.works.reduce((before, { changes, modification }) => {
      const all = before.isEmpty ? changes : before.followedBy(changes);
      const value = modification?.compute(all.valueIn(data, modification.key));
      values.push(value);
      return modification ? all.with(modification.key, value) : all;
    }, NO_CHANGES);
  }

  /** The answer to each of them, once it is written. */
  answersWith(outcome: Outcome): readonly Committed[] {
    return this.works.map((_, index) => ({ ...outcome, value: this.#values[index] }));
  }
}
