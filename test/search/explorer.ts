import type { SearchEvent } from './event.js';
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

interface Prefix {
  readonly before: Prefix | undefined;
  readonly index: number;
}

/** Tries all schedules of a scenario, leaving out those that go on like another. */
export async function explore(scenario: Scenario): Promise<Exploration> {
  const startedAt = performance.now();
  const seen = new Set<string>();
  const findings = new Map<string, Finding>();
  const stack: (Prefix | undefined)[] = [undefined];
  let [schedules, pruned] = [0, 0];
  while (stack.length > 0) {
    let prefix = stack.pop();
    const execution = new Execution(scenario);
    const schedule: string[] = [];
    for (const index of indexesOf(prefix)) {
      const event = execution.events()[index]!;
      schedule.push(event.label);
      await execution.perform(event);
    }
    let events: SearchEvent[];
    for (;;) {
      const fingerprint = execution.fingerprint();
      if (seen.has(fingerprint)) {
        pruned++;
        break;
      }
      seen.add(fingerprint);
      events = execution.events();
      if (events.length === 0) {
        schedules++;
        for (const breach of await judge(execution))
          if (!findings.has(breach))
            findings.set(breach, {
              breach,
              schedule,
              tried: schedules,
              replay: JSON.stringify({ scenario, schedule }),
            });
        break;
      }
      for (let index = events.length - 1; index > 0; index--) stack.push({ before: prefix, index });
      prefix = { before: prefix, index: 0 };
      schedule.push(events[0]!.label);
      await execution.perform(events[0]!);
    }
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { schedules, states: seen.size, pruned, seconds, findings: [...findings.values()] };
}

function indexesOf(prefix: Prefix | undefined): number[] {
  const indexes: number[] = [];
  for (let at = prefix; at; at = at.before) indexes.push(at.index);
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
