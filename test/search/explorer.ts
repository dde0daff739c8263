import { areIndependent, nameOf, type SearchEvent } from './event.js';
import { Execution } from './execution.js';
import { judge } from './judge.js';
import type { Scenario } from './scenario.js';

/** A breach, and the first schedule that led to it. */
export interface Finding {
  readonly breach: string;
  readonly schedule: readonly string[];
  /** How many schedules of the scenario had been tried by then. */
  readonly tried: number;
  /** What `TEST_SEARCH_REPLAY` takes to run it again. */
  readonly replay: string;
}

export interface Exploration {
  readonly schedules: number;
  readonly states: number;
  readonly pruned: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

/** The choices that lead to a state, the last one first. */
interface Path {
  readonly before: Path | undefined;
  readonly index: number;
}

/** A state to go on from, and what need not happen there, since a schedule that goes on alike had it happen before. */
interface Branch {
  readonly path: Path | undefined;
  readonly asleep: readonly SearchEvent[];
}

/** Tries all schedules of a scenario, leaving out those that go on like another. */
export function explore(scenario: Scenario): Promise<Exploration> {
  return new Explorer(scenario).run();
}

/**
 * Goes through the states depth first, each from the start again. Of two orders of independent events one is tried (sleep
 * sets), and each state is gone on from once, but for what was asleep at that time (Godefroid, Partial-Order Methods, 5.2).
 */
class Explorer {
  /** By state, what was left out there. */
  readonly #seen = new Map<string, ReadonlySet<string>>();
  readonly #findings = new Map<string, Finding>();
  readonly #branches: Branch[] = [{ path: undefined, asleep: [] }];
  #schedules = 0;
  #pruned = 0;

  constructor(private readonly scenario: Scenario) {}

  async run(): Promise<Exploration> {
    // Nobody reads the traces of errors that are part of a schedule, and they take a quarter of the time.
    Error.stackTraceLimit = 0;
    const startedAt = performance.now();
    for (let branch = this.#branches.pop(); branch; branch = this.#branches.pop())
      await this.#follow(branch);
    return {
      schedules: this.#schedules,
      states: this.#seen.size,
      pruned: this.#pruned,
      seconds: (performance.now() - startedAt) / 1_000,
      findings: [...this.#findings.values()],
    };
  }

  /** From a state on to an end, or to where there is nothing new. */
  async #follow(branch: Branch): Promise<void> {
    const execution = new Execution(this.scenario);
    const schedule: string[] = [];
    const perform = async (index: number): Promise<void> => {
      const event = execution.events()[index]!;
      schedule.push(event.label);
      await execution.perform(event);
    };
    for (const index of indexesOf(branch.path)) await perform(index);
    for (let at: Branch | undefined = branch; at;) {
      const events = execution.events();
      if (events.length === 0) return this.#end(execution, schedule);
      at = this.#goOn(at, events, execution);
      if (at) await perform(at.path!.index);
      else this.#pruned++;
    }
  }

  /** The branch to follow now; the others are kept for later. */
  #goOn(
    { path, asleep }: Branch,
    events: readonly SearchEvent[],
    execution: Execution,
  ): Branch | undefined {
    const names = new Set(asleep.map(nameOf));
    const fingerprint = execution.fingerprint();
    const left = this.#seen.get(fingerprint);
    const isNew = (event: SearchEvent): boolean => left?.has(nameOf(event)) ?? true;
    this.#seen.set(
      fingerprint,
      left ? new Set([...left].filter((name) => names.has(name))) : names,
    );
    const chosen = events.filter((event) => isNew(event) && !names.has(nameOf(event)));
    const before = [...asleep, ...events.filter((event) => !isNew(event))];
    const branches = chosen.map((event, nth) => ({
      path: { before: path, index: events.indexOf(event) },
      asleep: [...before, ...chosen.slice(0, nth)].filter((other) =>
        areIndependent(event, other, execution.faultsLeft),
      ),
    }));
    const [first, ...others] = branches;
    this.#branches.push(...others.toReversed());
    return first;
  }

  async #end(execution: Execution, schedule: readonly string[]): Promise<void> {
    const fingerprint = execution.fingerprint();
    if (this.#seen.has(fingerprint)) return void this.#pruned++;
    this.#seen.set(fingerprint, new Set());
    const tried = ++this.#schedules;
    const { scenario } = this;
    const replay = JSON.stringify({ scenario, schedule });
    for (const breach of await judge(execution))
      if (!this.#findings.has(breach))
        this.#findings.set(breach, { breach, schedule, tried, replay });
  }
}

function indexesOf(path: Path | undefined): number[] {
  const indexes: number[] = [];
  for (let at = path; at; at = at.before) indexes.push(at.index);
  return indexes.toReversed();
}

/**
 * Runs one schedule, and resolves to what went against the guarantees. What it names and what is not there is left out, and
 * what it leaves open happens in the order that comes first, so that a schedule outlives a change of the code.
 */
export async function replay(
  scenario: Scenario,
  schedule: readonly string[],
): Promise<readonly string[]> {
  const execution = new Execution(scenario);
  for (const label of schedule) {
    const event = execution.events().find((one) => one.label === label);
    if (event) await execution.perform(event);
  }
  for (let [event] = execution.events(); event; [event] = execution.events())
    await execution.perform(event);
  return judge(execution);
}
