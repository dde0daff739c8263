/** What went against the guarantees, by number, and against the contract of the store. */
export class Verdicts {
  readonly breaches: string[] = [];

  demand(guarantee: number, fact: string, holds: boolean): void {
    if (!holds) this.breaches.push(`guarantee ${guarantee}: ${fact}`);
  }

  contractBroken(call: string, answer: unknown, due: unknown): void {
    this.breaches.push(
      `contract of the store: ${call} answers ${shown(answer)}, not ${shown(due)}`,
    );
  }
}

function shown(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  return JSON.stringify(answer).replaceAll('"', "'");
}
