/** Breaches of the guarantees, by number; the store contract has none. */
export class Verdicts {
  readonly breaches: string[] = [];

  /** Guarantee 0 is the store contract. */
  demand(guarantee: number, fact: string, holds: boolean): void {
    if (!holds) this.breaches.push(`guarantee ${guarantee}: ${fact}`);
  }
}
