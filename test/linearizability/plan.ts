import type { Deed } from './session-model.js';

export interface Step {
  readonly action: Deed;
  /** Whether it is done through the session as it was loaded before, which others may have changed since. */
  readonly isLate: boolean;
}

export interface Plan {
  /** What each process does in a history, one thing after the other. */
  readonly steps: readonly (readonly Step[])[];
  /** With each answer, the clock of the session moves on by so much at most. */
  readonly paceMs: number;
  /** The share of the responses with a cookie that do not arrive. */
  readonly lostCookies: number;
}

const PROCESSES = { least: 4, most: 8 };
const OPERATIONS = { least: 60, most: 200 };
/** So far apart that no value comes of two sets. */
const VALUES_APART = 1_000;
/** So fast that some renewals fall due in a history. */
const PACE_MS = 40_000;

export const MOST_PROCESSES = PROCESSES.most;

/** Most sessions are destroyed by one of their processes, towards the end. */
export function randomPlan(): Plan {
  const processes = between(PROCESSES);
  const operations = between(OPERATIONS);
  const steps = Array.from({ length: processes }, (_, process) => {
    const count = Math.floor((operations + process) / processes);
    return Array.from({ length: count }, (_, n) => randomStep(n * processes + process + 1));
  });
  if (Math.random() < 0.7) put(steps[0]!, 'destroy', 0.6);
  return { steps, paceMs: 0, lostCookies: 0 };
}

/** The same while time passes: ids are renewed, values are taken, and most sessions are rotated by a login. */
export function renewingPlan(isLossy: boolean): Plan {
  const { steps } = randomPlan();
  const mixed = steps.map((ofProcess) => ofProcess.map(sometimesTaking));
  if (Math.random() < 0.7) put(mixed[1]!, 'rotate', isLossy ? 0.6 : 0.2);
  return { steps: mixed, paceMs: PACE_MS, lostCookies: isLossy ? 0.5 : 0 };
}

/** Somewhere behind the given share of the steps. */
function put(steps: Step[], kind: 'destroy' | 'rotate', from: number): void {
  steps[Math.floor(steps.length * random(from, 1))] = { action: { kind }, isLate: false };
}

function sometimesTaking(step: Step): Step {
  const isTaking = step.action.kind === 'set' && Math.random() < 0.3;
  return isTaking ? { ...step, action: { kind: 'take' } } : step;
}

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
