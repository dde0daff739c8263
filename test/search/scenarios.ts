import { FAULTS } from './calls.js';
import { MINUTE, type Scenario, type SessionAge } from './scenario.js';
import { plan } from './plans.js';
import { SCRIPTS, type ScriptName } from './vocabulary.js';

/** Jobs have no other clock than the machine's, so their calls are never late: they are in scenarios of their own. */
const NAMES = (Object.keys(SCRIPTS) as ScriptName[]).filter((name) => !name.startsWith('job'));
/** Those whose answer may bring another cookie, at any age of the session. */
const MOVERS: readonly ScriptName[] = ['rotate', 'login', 'login again', 'login, then fail'];

/** Scripts in any choice of that many, up to their order. */
export function choices(count: number, names: readonly ScriptName[] = NAMES): ScriptName[][] {
  if (count === 0) return [[]];
  return names.flatMap((name, index) =>
    choices(count - 1, names.slice(index)).map((rest) => [name, ...rest]),
  );
}

export interface NamedScenario extends Scenario {
  readonly name: string;
}

export function named(
  names: readonly ScriptName[],
  processes: readonly number[],
  rest: { session?: SessionAge; faults: number; lost?: number; time?: boolean },
): NamedScenario {
  const { session = 'fresh', faults, lost, time = false } = rest;
  const requests = names.map((name, index) =>
    plan(name, { process: processes[index]!, isDelivered: index !== lost }),
  );
  const marks = [
    session === 'fresh' ? '' : session,
    lost === undefined ? '' : `the answer of ${String.fromCharCode(65 + lost)} lost`,
    time ? 'time' : '',
  ];
  return {
    name: [`${names.join(' | ')} in ${processes.join('')}`, ...marks.filter(Boolean)].join(', '),
    requests,
    session,
    faults,
    kinds: time ? ['late'] : FAULTS,
    jumpsMs: time ? JUMPS_MS[session] : [],
    skewsMs: time ? [50_000, -50_000] : [],
  };
}

const JUMPS_MS: Readonly<Record<SessionAge, readonly number[]>> = {
  fresh: [31 * MINUTE],
  'to be touched': [4 * MINUTE],
  'to be renewed': [61_000],
};

export function pairs(faults: number): NamedScenario[] {
  return choices(2).flatMap((names) =>
    [[0, 0], [0, 1]].flatMap((processes) => [
      named(names, processes, { faults }),
      named(names, processes, { faults, session: 'to be renewed' }),
      ...names.flatMap((name, lost) =>
        MOVERS.includes(name) ? [named(names, processes, { faults, lost })] : [],
      ),
    ]),
  );
}
