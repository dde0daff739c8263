import { FAULTS } from './calls.js';
import { MINUTE, type Scenario, type SessionAge } from './scenario.js';
import { FOUND } from './found.js';
import { plan } from './plans.js';
import { withoutTwins } from './symmetry.js';
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
  rest: { session?: SessionAge; faults: number; lost?: number; early?: number; time?: boolean },
): NamedScenario {
  const { session = 'fresh', faults, lost, early, time = false } = rest;
  const requests = names.map((name, index) =>
    plan(name, {
      process: processes[index]!,
      presents: index === early ? 'first id' : 'cookie',
      isDelivered: index !== lost,
    }),
  );
  const marks = [
    session === 'fresh' ? '' : session,
    lost === undefined ? '' : `the answer of ${String.fromCharCode(65 + lost)} lost`,
    early === undefined ? '' : `${String.fromCharCode(65 + early)} with the first id`,
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

const TOGETHER_OR_APART = [
  [0, 0],
  [0, 1],
];
/** One of each kind: three times as many scripts are thirty times as many triples. */
const FEW: readonly ScriptName[] = [
  'get',
  'set',
  'clear',
  'update',
  'take',
  'flash',
  'flashed',
  'rotate',
  'login',
  'logout',
  'revoke',
  'leave',
];
const SOME_TOGETHER = [
  [0, 0, 0],
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];

/** Two requests, in one process and in two, each of whose answers may be lost where it brings a cookie. */
function* pairs(
  faults: number,
  sessions: readonly SessionAge[],
  placements = TOGETHER_OR_APART,
): Iterable<NamedScenario> {
  for (const names of choices(2))
    for (const processes of placements) {
      for (const session of sessions) yield named(names, processes, { faults, session });
      for (const [lost, name] of names.entries())
        if (MOVERS.includes(name)) {
          yield named(names, processes, { faults, lost });
          yield named(names, processes, { faults, early: 1 - lost });
        }
    }
}

/** Two requests while time passes, clocks step, and calls are late. */
function* pairsInTime(faults: number): Iterable<NamedScenario> {
  for (const names of choices(2))
    for (const session of AGES) yield named(names, [0, 1], { faults, session, time: true });
}

function* triples(faults: number): Iterable<NamedScenario> {
  for (const names of choices(3, FEW))
    for (const processes of SOME_TOGETHER)
      for (const session of ['fresh', 'to be renewed'] as const)
        yield named(names, processes, { faults, session });
}

const AGES: readonly SessionAge[] = ['fresh', 'to be touched', 'to be renewed'];

export const TIERS = ['quick', 'ci', 'full'] as const;

interface Family {
  readonly name: string;
  readonly scenarios: readonly NamedScenario[];
}

function family(name: string, scenarios: Iterable<NamedScenario>): Family {
  return { name, scenarios: withoutTwins(scenarios) };
}

/** What each tier tries; the later ones try all that the earlier ones do, and more. */
export function scenariosOf(tier: (typeof TIERS)[number]): readonly Family[] {
  switch (tier) {
    case 'quick':
      return [family('two requests', pairs(0, ['fresh'], [[0, 1]]))];
    case 'ci':
      return [
        family(
          'what was found',
          FOUND.map(({ what, scenario }) => ({ ...scenario, name: what })),
        ),
        family('two requests', pairs(0, AGES)),
      ];
    case 'full':
      return [
        ...scenariosOf('ci'),
        family('two requests and a fault', pairs(1, ['fresh'])),
        family('three requests and a fault', triples(1)),
        family('two requests and two faults', pairs(2, AGES)),
        family('two requests, two faults and clocks', pairsInTime(2)),
      ];
    default:
      return tier satisfies never;
  }
}
