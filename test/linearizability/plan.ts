import type { Action } from './session-model.js';

export interface Step {
  readonly action: Action;
  /** Whether it is done through the session as it was loaded before, which others may have changed since. */
  readonly isLate: boolean;
}

/** What each process does in a history, one thing after the other. */
export type Plan = readonly (readonly Step[])[];

const PROCESSES = { least: 4, most: 8 };
const OPERATIONS = { least: 60, most: 200 };
/** So far apart that no value comes of two sets. */
const VALUES_APART = 1_000;

export const MOST_PROCESSES = PROCESSES.most;

/** Most sessions are destroyed by one of their processes, towards the end. */
export function randomPlan(): Plan {
  const processes = between(PROCESSES);
  const operations = between(OPERATIONS);
  const plan = Array.from({ length: processes }, (_, process) => {
    const count = Math.floor((operations + process) / processes);
    return Array.from({ length: count }, (_, n) => randomStep(n * processes + process + 1));
  });
  if (Math.random() < 0.7) plan[0]![Math.floor(plan[0]!.length * random(0.6, 1))] = DESTROY;
  return plan;
}

const DESTROY: Step = { action: { kind: 'destroy' }, isLate: false };

/** @param n no other step of the plan has it */
function randomStep(n: number): Step {
  const dice = Math.random();
  if (dice < 0.4) return { action: { kind: 'get' }, isLate: false };
  const isLate = Math.random() < 0.3;
  if (dice < 0.75) return { action: { kind: 'update' }, isLate };
  return { action: { kind: 'set', value: valueOfSet(n) }, isLate };
}

/** Now and then one that was there before, at least once: a process that saw it then must still write it. */
function valueOfSet(n: number): number {
  return Math.random() < 0.1 ? VALUES_APART : n * VALUES_APART;
}

export function random(from: number, to: number): number {
  return from + Math.random() * (to - from);
}

function between({ least, most }: { least: number; most: number }): number {
  return Math.floor(random(least, most + 1));
}
