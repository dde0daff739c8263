import { type Branch, Branches, indexesOf } from './branches.js';
import { areIndependent, labelsOf, nameOf, type SearchEvent } from './event.js';
import { Execution } from './execution.js';
import { judge } from './judge.js';
import type { Scenario } from './scenario.js';
import { Visited } from './visited.js';

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
  /** The states in which schedules ended. */
  readonly ends: ReadonlySet<number>;
}

/** Tries all schedules of a scenario, leaving out those that go on like another; a plain search leaves out none of them. */
export function explore(scenario: Scenario, { isPlain = false } = {}): Promise<Exploration> {
  return new Explorer(scenario, isPlain).run();
}

/**
 * Goes through the states, each from the start again. Of two orders of independent events one is tried (sleep sets), and each
 * state is gone on from once.
 */
class Explorer {
  readonly #visited = new Visited();
  readonly #findings = new Map<string, Finding>();
  readonly #branches = new Branches();
  readonly #ends = new Set<number>();
  #schedules = 0;
  #pruned = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly isPlain: boolean,
  ) {}

  async run(): Promise<Exploration> {
    // Nobody reads the traces of errors that are part of a schedule, and they take a quarter of the time.
    Error.stackTraceLimit = 0;
    const startedAt = performance.now();
    let branch: Branch | undefined = { path: undefined, asleep: [] };
    for (; branch; branch = this.#branches.pop()) await this.#follow(branch);
    return {
      schedules: this.#schedules,
      states: this.#visited.size + this.#ends.size,
      pruned: this.#pruned,
      seconds: (performance.now() - startedAt) / 1_000,
      findings: [...this.#findings.values()],
      ends: this.#ends,
    };
  }

  /** From a state on, for as long as nothing goes wrong, to an end, or to where there is nothing new. */
  async #follow(branch: Branch): Promise<void> {
    const execution = new Execution(this.scenario, this.isPlain);
    const indexes = indexesOf(branch.path);
    for (const index of indexes) await execution.perform(execution.events()[index]!);
    for (let at: Branch | undefined = branch; at;) {
      const events = execution.events();
      if (events.length === 0) return this.#end(execution, at);
      at = this.#goOn(at, events, execution);
      if (!at) return void this.#pruned++;
      await execution.perform(events[at.path!.index]!);
    }
  }

  /** The branch to follow now; the others are kept for later. */
  #goOn(
    { path, asleep: before }: Branch,
    events: readonly SearchEvent[],
    execution: Execution,
  ): Branch | undefined {
    const { faultsLeft } = execution;
    const asleep = execution.hasJustEnded || this.isPlain ? [] : before;
    const names = new Set(asleep.map(nameOf));
    const isNew = this.#visited.enter(execution.fingerprint(), faultsLeft, names);
    const chosen = events.filter((event) => isNew(nameOf(event)) && !names.has(nameOf(event)));
    const done = [...asleep, ...events.filter((event) => !isNew(nameOf(event)))];
    const branches = chosen.map((event, nth) => ({
      path: { before: path, index: events.indexOf(event) },
      asleep: [...done, ...chosen.slice(0, nth)].filter((other) =>
        areIndependent(event, other, faultsLeft),
      ),
    }));
    const first = chosen[0]?.faults === 0 ? branches.shift() : undefined;
    for (const branch of branches.toReversed())
      this.#branches.push(faultsLeft - events[branch.path.index]!.faults, branch);
    return first;
  }

  async #end(execution: Execution, { path }: Branch): Promise<void> {
    const fingerprint = execution.fingerprint();
    if (this.#ends.has(fingerprint)) return void this.#pruned++;
    this.#ends.add(fingerprint);
    const tried = ++this.#schedules;
    const { scenario } = this;
    for (const breach of await judge(execution)) {
      if (this.#findings.has(breach)) continue;
      const schedule = await scheduleOf(scenario, indexesOf(path));
      const replay = JSON.stringify({ scenario, schedule });
      this.#findings.set(breach, { breach, schedule, tried, replay });
    }
  }
}

async function scheduleOf(
  scenario: Scenario,
  indexes: readonly number[],
): Promise<readonly string[]> {
  const execution = new Execution(scenario);
  const schedule: string[] = [];
  for (const index of indexes) {
    const events = execution.events();
    schedule.push(labelsOf(events, execution.names)[index]!);
    await execution.perform(events[index]!);
  }
  return schedule;
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
    const events = execution.events();
    const event = events[labelsOf(events, execution.names).indexOf(label)];
    if (event) await execution.perform(event);
  }
  for (let [event] = execution.events(); event; [event] = execution.events())
    await execution.perform(event);
  return judge(execution);
}
