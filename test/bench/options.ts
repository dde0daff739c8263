import { parseArgs } from 'node:util';
import { type Adapter, ADAPTERS, type Route, ROUTES, type StoreName, STORES } from './subjects.js';

export interface BenchOptions {
  /** The stores over which CPU is measured. */
  readonly stores: readonly StoreName[];
  readonly adapters: readonly Adapter[];
  readonly routes: readonly Route[];
  readonly hasMemory: boolean;
  readonly hasSql: boolean;
  /** Whether one session is written by many at once. */
  readonly hasHot: boolean;
  /** What a call to a store elsewhere takes more, for that. */
  readonly delayMs: number;
  readonly hasBloat: boolean;
  readonly rounds: number;
  readonly requestsPerRound: number;
  readonly warmUpRequests: number;
}

const FULL = { rounds: 25, requestsPerRound: 1_000, warmUpRequests: 3_000 };
const QUICK = { rounds: 7, requestsPerRound: 400, warmUpRequests: 1_500 };

/**
 * Reads `--quick`, `--store memory|redis|postgres|mariadb|sqlite|file`, `--adapter express|fastify`, `--route <name>`,
 * `--memory`, `--sql`, `--bloat` and `--hot`; each of the latter narrows the run. `--delay <ms>` goes with `--hot`. A store
 * other than memory, `--sql`, `--bloat` and `--hot` need the servers of the tests.
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      sql: { type: 'boolean', default: false },
      hot: { type: 'boolean', default: false },
      delay: { type: 'string', default: '5' },
      bloat: { type: 'boolean', default: false },
      store: { type: 'string', multiple: true },
      adapter: { type: 'string', multiple: true },
      route: { type: 'string', multiple: true },
    },
  });
  const isNarrowed = (values.store ?? values.adapter ?? values.route) !== undefined;
  const hasOther = values.sql || values.hot || values.bloat;
  const isOther = (values.memory || hasOther) && !isNarrowed;
  return {
    stores: isOther ? [] : chosen('store', values.store ?? ['memory'], STORES),
    adapters: chosen('adapter', values.adapter, ADAPTERS),
    routes: chosen('route', values.route, ROUTES),
    hasMemory: values.memory || !(isNarrowed || hasOther),
    hasSql: values.sql,
    hasHot: values.hot,
    delayMs: Number(values.delay),
    hasBloat: values.bloat,
    ...(values.quick ? QUICK : FULL),
  };
}

function chosen<T extends string>(
  name: string,
  given: readonly string[] | undefined,
  known: readonly T[],
): readonly T[] {
  const strange = given?.find((one) => !known.some((other) => other === one));
  if (strange !== undefined) throw new Error(`--${name} is one of ${known.join(', ')}.`);
  return given ? known.filter((one) => given.includes(one)) : known;
}
