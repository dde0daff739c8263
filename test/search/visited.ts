/** What was gone on from in a state, with how much that could go wrong. */
interface Visit {
  readonly faultsLeft: number;
  /** What was left out, since a schedule that goes on alike had it happen before. */
  readonly left: ReadonlySet<string>;
}

/**
 * The states that were gone on from. A visit covers all later ones of its state with as many faults left or fewer, but for
 * what was asleep at the time (Godefroid, Partial-Order Methods, 5.2): whatever can go wrong with few can go wrong with more.
 */
export class Visited {
  readonly #lineages = new Map<number, readonly Visit[]>();

  get size(): number {
    return this.#lineages.size;
  }

  /** Notes a visit that leaves out what is asleep, and resolves to which events no earlier visit has covered. */
  enter(state: number, faultsLeft: number, asleep: ReadonlySet<string>): (name: string) => boolean {
    const visits = this.#lineages.get(state) ?? [];
    const covering = visits.filter((visit) => visit.faultsLeft >= faultsLeft);
    const isNew = (name: string): boolean => covering.every(({ left }) => left.has(name));
    const left = new Set([...asleep].filter(isNew));
    const others = visits.filter((visit) => visit.faultsLeft !== faultsLeft);
    this.#lineages.set(state, [...others, { faultsLeft, left }]);
    return isNew;
  }
}
