import { type History, type Operation, until } from './history.js';

/** An object as one client alone would find it. */
export interface Model<State extends string | number, Action, Answer> {
  readonly initial: State;
  /** The state after an operation; undefined if it is not answered like this in that state. */
  after(state: State, operation: Operation<Action, Answer>): State | undefined;
}

/** A search this long is given up: it would fill the memory. */
const MAX_CONFIGURATIONS = 2_000_000;

/**
 * Tells whether each operation may have happened at one instant between its beginning and its end, with the answers
 * that the model gives in that order: the search of Wing and Gong ("Testing and verifying concurrent objects", 1993)
 * with the cache of Lowe ("Testing for linearizability", 2017), which enters no configuration twice. What had no answer is
 * tried only where it explains an answer, since each of such operations would double the search.
 */
export function isLinearizable<State extends string | number, Action, Answer>(
  history: History<Action, Answer>,
  model: Model<State, Action, Answer>,
): boolean {
  return new Search(history, model).succeedsFrom(model.initial);
}

/** The answer up to which, and not before which, a history is not linearizable; undefined if it is. */
export function firstContradiction<State extends string | number, Action, Answer>(
  history: History<Action, Answer>,
  model: Model<State, Action, Answer>,
): Operation<Action, Answer> | undefined {
  if (isLinearizable(history, model)) return undefined;
  const answered = history
    .filter(({ endedAt }) => endedAt < Infinity)
    .toSorted((a, b) => a.endedAt - b.endedAt);
  let [low, high] = [0, answered.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isLinearizable(until(history, answered[middle]!.endedAt), model)) low = middle + 1;
    else high = middle;
  }
  return answered[low];
}

/** Which operations may happen next, by their numbers. */
interface Next {
  readonly answered: readonly number[];
  /** Of those that are the same, the first: any other would explain as much. */
  readonly unanswered: readonly number[];
}

class Search<State extends string | number, Action, Answer> {
  readonly #operations: History<Action, Answer>;
  readonly #names: readonly string[];
  /** One byte per operation: 1 if it has happened. */
  readonly #happened: Buffer;
  readonly #entered = new Set<string>();

  constructor(
    history: History<Action, Answer>,
    private readonly model: Model<State, Action, Answer>,
  ) {
    this.#operations = history.toSorted((a, b) => a.beganAt - b.beganAt);
    this.#names = this.#operations.map(({ action }) => JSON.stringify(action));
    this.#happened = Buffer.alloc(history.length);
  }

  succeedsFrom(state: State): boolean {
    const next = this.#next();
    if (next.answered.length === 0) return true;
    return (
      next.answered.some((n) => this.#succeedsWith(n, this.#after(state, n))) ||
      this.#succeedsByDetour(state, state, next)
    );
  }

  /**
   * Tries what had no answer, one after another, right before an answer that would else be another or lead elsewhere:
   * whatever makes no difference to the next answer may as well never have happened.
   */
  #succeedsByDetour(from: State, state: State, next: Next): boolean {
    return next.unanswered.some((n) => {
      const after = this.#after(state, n);
      if (after === undefined || after === state) return false;
      if (state !== from && after === this.#after(from, n)) return false;
      return this.#having(n, () => {
        const isMeant = (m: number) => this.#after(after, m) !== this.#after(from, m);
        return (
          next.answered.some((m) => isMeant(m) && this.#succeedsWith(m, this.#after(after, m))) ||
          this.#succeedsByDetour(from, after, this.#next())
        );
      });
    });
  }

  #succeedsWith(n: number, after: State | undefined): boolean {
    if (after === undefined) return false;
    return this.#having(n, () => this.#isFirstEntry(after) && this.succeedsFrom(after));
  }

  #having(n: number, search: () => boolean): boolean {
    this.#happened[n] = 1;
    const succeeds = search();
    this.#happened[n] = 0;
    return succeeds;
  }

  #after(state: State, n: number): State | undefined {
    return this.model.after(state, this.#operations[n]!);
  }

  /** Those of which each may be the next to have happened: none of the others had ended when it began. */
  #next(): Next {
    const answered: number[] = [];
    const unanswered = new Map<string, number>();
    let firstEnd = Infinity;
    for (const [n, { beganAt, endedAt }] of this.#operations.entries()) {
      if (beganAt > firstEnd) break;
      if (this.#happened[n] === 1) continue;
      firstEnd = Math.min(firstEnd, endedAt);
      if (endedAt < Infinity) answered.push(n);
      else if (!unanswered.has(this.#names[n]!)) unanswered.set(this.#names[n]!, n);
    }
    // What ended first most likely happened first.
    answered.sort((a, b) => this.#operations[a]!.endedAt - this.#operations[b]!.endedAt);
    return { answered, unanswered: [...unanswered.values()] };
  }

  #isFirstEntry(state: State): boolean {
    const configuration = `${this.#happened.toString('latin1')}${state}`;
    if (this.#entered.has(configuration)) return false;
    if (this.#entered.size === MAX_CONFIGURATIONS) throw new Error('The search takes too long');
    this.#entered.add(configuration);
    return true;
  }
}
