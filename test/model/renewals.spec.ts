import * as fc from 'fast-check';
import { Session } from '../../lib/core/session/session.js';
import type { SessionState } from '../../lib/core/session/session-state.js';
import { ListedStore } from '../support/listed-store.js';
import { Bench, type Values } from '../support/open.js';
import { RUNS } from './describe-interleavings.js';
import { Verdicts } from './verdicts.js';

const MINUTE = 60_000;
const RENEW_EVERY = 10 * MINUTE;

/** What a request does; and whether its answer reaches the browser. */
interface Script {
  readonly process: number;
  readonly presents: 'cookie' | 'cookie of before';
  readonly commands: readonly ('get' | 'set' | 'update' | 'save' | 'reload' | 'a little later')[];
  readonly isDelivered: boolean;
}

interface Scenario {
  /** Requests that overlap, and how long it is quiet after them. */
  readonly rounds: readonly { readonly scripts: readonly Script[]; readonly quietMs: number }[];
  /** By the number of the point where a store call can go wrong: before its effect, and after it. */
  readonly faults: ReadonlyMap<number, 'fails' | 'answer lost'>;
}

const script: fc.Arbitrary<Script> = fc.record({
  process: fc.nat(2),
  presents: fc.constantFrom('cookie', 'cookie', 'cookie of before'),
  commands: fc.array(fc.constantFrom('get', 'set', 'update', 'save', 'reload', 'a little later'), {
    minLength: 1,
    maxLength: 4,
  }),
  isDelivered: fc.boolean(),
});

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  rounds: fc.array(
    fc.record({
      scripts: fc.array(script, { minLength: 1, maxLength: 4 }),
      quietMs: fc.constantFrom(0, MINUTE / 2, RENEW_EVERY),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  faults: fc
    .oneof(
      fc.constant([]),
      fc.array(fc.tuple(fc.nat(30), fc.constantFrom('fails', 'answer lost')), { maxLength: 3 }),
    )
    .map((pairs) => new Map(pairs)),
});

/** A browser whose session is renewed while its requests overlap and their answers get lost. */
class RenewedVisit {
  readonly #verdicts = new Verdicts();
  readonly #benches: readonly Bench[];
  readonly #store: ListedStore;
  #cookie = '';
  #cookieBefore = '';
  #calls = 0;
  #setsMade = 0;
  readonly #kept: string[] = [];
  #counted = 0;
  #perhapsCounted = 0;

  constructor(
    private readonly scheduler: fc.Scheduler,
    private readonly scenario: Scenario,
  ) {
    const { clock } = new Bench();
    this.#store = new ListedStore({ clock });
    const options = { lifetime: { renewEvery: RENEW_EVERY, idleTimeout: '2h' } } as const;
    this.#benches = Array.from(
      { length: 3 },
      () => new Bench(options, { clock, inner: this.#store }),
    );
  }

  /** Resolves to what went against the guarantees. */
  async run(): Promise<readonly string[]> {
    this.#cookieBefore = this.#cookie = await this.#benches[0]!.stored({ n: 0 });
    for (const { store } of this.#benches) this.#disturb(store);
    for (const { scripts, quietMs } of this.scenario.rounds) {
      await this.scheduler.waitFor(Promise.all(scripts.map((one) => this.#request(one))));
      this.#benches[0]!.clock.advance(quietMs);
      // Nobody is under way with it any more.
      if (quietMs > MINUTE) this.#cookieBefore = this.#cookie;
    }
    await this.#judge();
    this.#store.onModuleDestroy();
    return this.#verdicts.breaches;
  }

  /** What the browser finds in the end is what it was told, under one id. */
  async #judge(): Promise<void> {
    const [bench] = this.#benches as [Bench];
    bench.store.before = bench.store.after = () => undefined;
    const { n, ...found } = await bench.read(this.#cookie);
    const count = Number(n);
    const isCounted = count >= this.#counted && count <= this.#counted + this.#perhapsCounted;
    const live = (await this.#store.records()).filter(({ kind }) => kind === 'live');
    const hasOrphans = live.length !== 1 && this.scenario.faults.size === 0;
    this.#verdicts.demand(
      2,
      'what was acknowledged is found',
      this.#kept.every((key) => found[key]),
    );
    this.#verdicts.demand(3, 'an acknowledged update counts once', isCounted);
    this.#verdicts.demand(5, 'of several renewals one leaves a record', !hasOrphans);
  }

  async #request({ process, presents, commands, isDelivered }: Script): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), 'request');
    const cookie = presents === 'cookie' ? this.#cookie : this.#cookieBefore;
    const state = this.#benches[process]!.state(cookie);
    const sets: string[] = [];
    try {
      for (const command of commands) await this.#perform(command, new Session(state), sets);
      await state.finish();
      this.#kept.push(...sets);
      if (isDelivered) this.#keepCookie(state);
    } catch {
      state.discard();
    }
  }

  async #perform(
    command: Script['commands'][number],
    session: Session<Values>,
    sets: string[],
  ): Promise<unknown> {
    switch (command) {
      case 'get':
        return session.get('n');
      case 'set':
        sets.push(`set ${this.#setsMade++}`);
        return session.set(sets.at(-1)!, true);
      case 'update':
        return this.#count(session);
      case 'save':
        return session.save();
      case 'reload':
        // It forgets what is not saved.
        await session.save();
        return session.reload();
      case 'a little later':
        return this.#benches[0]!.clock.advance(10);
      default:
        return command satisfies never;
    }
  }

  async #count(session: Session<Values>): Promise<void> {
    this.#perhapsCounted++;
    await session.update('n', (n) => Number(n) + 1);
    this.#perhapsCounted--;
    this.#counted++;
  }

  #keepCookie({ cookie, phase }: SessionState): void {
    this.#verdicts.demand(2, 'nobody is logged out', cookie !== 'clear');
    if (cookie !== 'issue' || phase.kind !== 'live' || phase.id === this.#cookie) return;
    this.#cookieBefore = this.#cookie;
    this.#cookie = phase.id;
  }

  #disturb(store: Bench['store']): void {
    store.before = async (operation) => {
      await this.scheduler.schedule(Promise.resolve(), operation);
      if (this.#fault() === 'fails') throw new Error('connection refused');
    };
    store.after = async (operation) => {
      await this.scheduler.schedule(Promise.resolve(), `${operation} answered`);
      if (this.#fault() === 'answer lost') throw new Error('connection reset');
    };
  }

  #fault(): string | undefined {
    return this.scenario.faults.get(this.#calls++);
  }
}

const runs = Math.max(300, RUNS / 10);

describe('Requests of a session that is renewed, however they interleave', () => {
  it(
    `lose nothing and log nobody out in ${runs} interleavings`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), scenarios, async (scheduler, scenario) => {
          expect(await new RenewedVisit(scheduler, scenario).run()).toEqual([]);
        }),
        { numRuns: runs },
      );
      process.stdout.write(`${runs} interleavings with renewals\n`);
    },
    60_000 + runs * 300,
  );
});
