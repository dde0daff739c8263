import * as fc from 'fast-check';
import type { SessionLifetime } from 'nestjs-sessions';

type LifetimeName = 'browser' | 'inactivity' | 'date';

/** What a request does next; all of it is awaited, as a handler would. */
export type Command =
  | { readonly kind: 'get' | 'delete' | 'update' | 'take'; readonly key: Key }
  | { readonly kind: 'set'; readonly key: Key; readonly value: number }
  | { readonly kind: 'user'; readonly userId: string | undefined }
  | { readonly kind: 'lifetime'; readonly lifetime: LifetimeName }
  | { readonly kind: 'clear' | 'rotate' | 'save' | 'reload' | 'destroy' }
  | { readonly kind: 'wait'; readonly spanMs: number };

/** What a request of a browser presents: its cookie by then, the id it had at first, one never issued, or nothing. */
export type Presented = 'cookie' | 'first id' | 'invented id' | 'nothing';

export interface Script {
  /** Requests of one process share its committer. */
  readonly process: number;
  readonly presents: Presented;
  readonly commands: readonly Command[];
  /** The answer: below status 500 it commits, from there on it discards. */
  readonly ends: 'finish' | 'discard';
}

/** What becomes of one store call; `late` and the hanging ones are not answered before the deadline. */
export type FaultKind = 'fails' | 'answer lost' | 'hangs' | 'answer hangs' | 'late';

export interface Scenario {
  readonly scripts: readonly Script[];
  /** By the number of the store call. */
  readonly faults: ReadonlyMap<number, FaultKind>;
}

export const KEYS = ['a', 'b', 'n'] as const;
type Key = (typeof KEYS)[number];

const MINUTE = 60_000;
const key = fc.constantFrom(...KEYS);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('get', 'delete'), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set'), key, value: fc.nat(3) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('update', 'take'), key }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('clear', 'rotate', 'save', 'reload', 'destroy'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('user'),
      userId: fc.constantFrom('ann', 'bob', undefined),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lifetime'),
      lifetime: fc.constantFrom('browser', 'inactivity', 'date'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      spanMs: fc.constantFrom(1, 1_000, 4 * MINUTE, 20 * MINUTE, 31 * MINUTE),
    }),
  },
);

const script: fc.Arbitrary<Script> = fc.record({
  process: fc.nat(2),
  presents: fc.oneof(
    { weight: 6, arbitrary: fc.constant('cookie' as const) },
    { weight: 3, arbitrary: fc.constant('first id' as const) },
    { weight: 1, arbitrary: fc.constantFrom('invented id' as const, 'nothing' as const) },
  ),
  commands: fc.array(command, { minLength: 1, maxLength: 5 }),
  ends: fc.oneof(
    { weight: 6, arbitrary: fc.constant('finish' as const) },
    { weight: 1, arbitrary: fc.constant('discard' as const) },
  ),
});

const fault = fc.tuple(
  fc.nat(30),
  fc.constantFrom<FaultKind>('fails', 'answer lost', 'hangs', 'answer hangs', 'late'),
);

/** Two to six requests that overlap; every other time, a few of their store calls go wrong. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  scripts: fc.array(script, { minLength: 2, maxLength: 6 }),
  faults: fc
    .oneof(fc.constant([]), fc.array(fault, { minLength: 1, maxLength: 4 }))
    .map((pairs) => new Map(pairs)),
});

/** The lifetime that a script names, as an application would choose it now. */
export function lifetimeOf(kind: LifetimeName, now: number): SessionLifetime {
  switch (kind) {
    case 'browser':
      return 'until-browser-closes';
    case 'inactivity':
      return { afterInactivity: 10 * MINUTE };
    case 'date':
      return { at: new Date(now + 45 * MINUTE) };
    default:
      return kind satisfies never;
  }
}
