import type { Exploration, Finding } from './explorer.js';

/** Bound on the schedules printed per breach: what is wrong once is wrong in many scenarios. */
const SHOWN = 3;
const PROGRESS_EVERY_MS = 60_000;

/** Prints each breach of a family of scenarios when it is found, how far the search is every minute, and the sums at the end. */
export class FamilyReport {
  readonly #breaches = new Map<string, number>();
  readonly #sums = { schedules: 0, states: 0, pruned: 0 };
  readonly #startedAt = performance.now();
  readonly #progress = setInterval(() => this.#printProgress(), PROGRESS_EVERY_MS);
  #done = 0;

  constructor(
    private readonly family: string,
    private readonly count: number,
  ) {}

  get isKept(): boolean {
    return this.#breaches.size === 0;
  }

  add(scenario: string, { findings, ...exploration }: Exploration): void {
    this.#done++;
    this.#sums.schedules += exploration.schedules;
    this.#sums.states += exploration.states;
    this.#sums.pruned += exploration.pruned;
    for (const finding of findings) this.#note(scenario, finding);
  }

  end(): void {
    clearInterval(this.#progress);
    print(`${this.family}: ${this.#figures}`);
    for (const [breach, count] of this.#breaches) print(`  ${breach}: in ${count} scenarios`);
  }

  #note(scenario: string, { breach, schedule, tried, replay }: Finding): void {
    const count = (this.#breaches.get(breach) ?? 0) + 1;
    this.#breaches.set(breach, count);
    if (count > SHOWN) return;
    print(`${breach}: ${scenario}, schedule ${tried}`, ...schedule.map((label) => `    ${label}`));
    print(`  ${replay}`);
  }

  #printProgress(): void {
    const leftS = (this.#seconds / this.#done) * (this.count - this.#done);
    print(`  … ${this.#figures}; about ${minutes(leftS)} to go`);
  }

  get #seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000;
  }

  get #figures(): string {
    const { schedules, states, pruned } = this.#sums;
    const breaches = [...this.#breaches.values()].reduce((sum, count) => sum + count, 0);
    const scenarios = this.#done < this.count ? `${this.#done} of ${this.count}` : this.count;
    return (
      `${scenarios} scenarios, ${shown(schedules)} schedules, ${shown(states)} states, ` +
      `${shown(pruned)} pruned, ${breaches} breaches, ${minutes(this.#seconds)}`
    );
  }
}

function minutes(seconds: number): string {
  if (seconds === Infinity) return 'an unknown time';
  return seconds < 120 ? `${Math.round(seconds)} s` : `${shown(Math.round(seconds / 60))} min`;
}

function shown(count: number): string {
  return count.toLocaleString('en');
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
