import type { Scheduler } from 'fast-check';
import type { SessionStore } from 'nestjs-sessions';
import type { ManualClock } from 'nestjs-sessions/testing';
import { parseCommitOptions } from '../../lib/commit/commit-settings.js';
import { SessionCommitter } from '../../lib/commit/committer.js';
import { newSessionId, storeKeyOf } from '../../lib/core/record/session-id.js';
import { AnswerJudge } from './answer-judge.js';
import { Ledger } from './ledger.js';
import { ModelClock } from './model-clock.js';
import { ModelStore } from './model-store.js';
import { ModelRequest } from './request.js';
import type { Presented, Scenario, Script } from './scenario.js';
import { Verdicts } from './verdicts.js';
import { WatchedAccess } from './watched-access.js';
import { WriteJudge } from './write-judge.js';

const OPTIONS = {
  lifetime: { idleTimeout: '30m', absoluteLifetime: '60m' },
  limits: { storeTimeout: '2s' },
} as const;
const PROCESSES = 3;
/** Of the machine: a store that is there answers sooner, also on a busy one. */
const HANGS_AFTER_MS = 10_000;

/** One browser, whose requests overlap, and the processes that serve them from one store. */
export class Interleaving {
  readonly #verdicts = new Verdicts();
  readonly #ledger = new Ledger();
  readonly #clock: ModelClock;
  readonly #store: ModelStore;
  readonly #judge: AnswerJudge;
  readonly #processes: readonly SessionCommitter[];
  #firstId = '';
  #cookie: string | undefined;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly scenario: Scenario,
    makeStore: (clock: ManualClock) => SessionStore,
  ) {
    this.#clock = new ModelClock(scheduler);
    const settings = parseCommitOptions(OPTIONS, this.#clock);
    const around = {
      scheduler,
      clock: this.#clock,
      ledger: this.#ledger,
      verdicts: this.#verdicts,
      judge: new WriteJudge(this.#verdicts, this.#clock, settings.lifetimes),
      faults: scenario.faults,
    };
    this.#store = new ModelStore(makeStore(this.#clock), around);
    this.#judge = new AnswerJudge(this.#verdicts, this.#ledger, this.#clock);
    this.#processes = Array.from(
      { length: PROCESSES },
      () => new SessionCommitter(this.#store, settings, new WatchedAccess(this.#store)),
    );
  }

  /** Resolves to what went against the guarantees. */
  async run(): Promise<readonly string[]> {
    await this.#store.undisturbed(() => this.#visitFirst());
    const visits = this.scenario.scripts.map((script) => this.#visit(script));
    await this.#untilDone(Promise.all(visits));
    await this.#store.undisturbed(() => this.#visitLast());
    return this.#verdicts.breaches;
  }

  /** Lets one thing happen at a time, each when all has come of the one before that can; late effects to the last. */
  async #untilDone(visits: Promise<unknown>): Promise<void> {
    const isDone = visits.then(() => true);
    let idleSince = performance.now();
    while (!(await Promise.race([isDone, nextRound()])) || this.scheduler.count() > 0) {
      if (this.scheduler.count() > 0) {
        await this.scheduler.waitOne();
        idleSince = performance.now();
      } else if (performance.now() - idleSince > HANGS_AFTER_MS) {
        return this.#verdicts.demand(10, 'every request is answered', false);
      }
    }
  }

  async #visitFirst(): Promise<void> {
    const request = this.#open(0, undefined);
    await request.run({
      process: 0,
      presents: 'nothing',
      commands: [
        { kind: 'set', key: 'a', value: 0 },
        { kind: 'set', key: 'n', value: 0 },
      ],
      ends: 'finish',
    });
    this.#firstId = request.id!;
    this.#cookie = request.id;
  }

  async #visit(script: Script): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), 'request');
    const presented = this.#presented(script.presents);
    const request = this.#open(script.process, presented);
    const isWell = await request.run(script);
    this.#keepCookie(request, presented, isWell);
  }

  #keepCookie(request: ModelRequest, presented: string | undefined, isWell: boolean): void {
    const { id, key, state } = request;
    const demand = this.#verdicts.demand.bind(this.#verdicts);
    const mayHaveCookie = isWell || request.hasCommitted;
    demand(
      8,
      'a request that commits nothing sets no cookie',
      mayHaveCookie || state.cookie === 'leave',
    );
    const isLeft = state.phase.kind !== 'rotated-away' || state.cookie !== 'clear';
    demand(7, 'an answer through an old id leaves the cookie alone', isLeft);
    const isIssued = state.cookie === 'issue' && id !== undefined;
    const keyIssued = isIssued ? storeKeyOf(id) : undefined;
    demand(8, 'a set cookie means a stored record', !isIssued || this.#ledger.isUsed(keyIssued!));
    const isMoved = presented === undefined || key !== storeKeyOf(presented);
    const isDue =
      mayHaveCookie && isMoved && key !== undefined && this.#ledger.load(key) !== undefined;
    demand(8, 'a new id reaches the browser', !isDue || keyIssued === key);
    if (isIssued) this.#cookie = id;
    if (state.cookie === 'clear') this.#cookie = undefined;
  }

  /** What is there in the end is what everybody was told. */
  async #visitLast(): Promise<void> {
    for (const [process, id] of [this.#firstId, this.#cookie].entries()) {
      const commands = (['a', 'b', 'n'] as const).map((key) => ({ kind: 'get', key }) as const);
      const request = this.#open(process, id);
      await request.run({ process, presents: 'cookie', commands, ends: 'discard' });
    }
  }

  #open(process: number, id: string | undefined): ModelRequest {
    const around = {
      backend: this.#processes[process]!,
      store: this.#store,
      ledger: this.#ledger,
      clock: this.#clock,
      judge: this.#judge,
    };
    return new ModelRequest(around, id);
  }

  #presented(presents: Presented): string | undefined {
    switch (presents) {
      case 'cookie':
        return this.#cookie;
      case 'first id':
        return this.#firstId;
      case 'invented id':
        return newSessionId();
      case 'nothing':
        return undefined;
      default:
        return presents satisfies never;
    }
  }
}

/** When all that could happen at once has happened. */
function nextRound(): Promise<false> {
  return new Promise((resolve) => setImmediate(resolve, false));
}
