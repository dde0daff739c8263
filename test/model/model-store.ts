import { isDeepStrictEqual } from 'node:util';
import type { Scheduler } from 'fast-check';
import { type SaveOutcome, type SessionRecord, SessionStore } from 'nestjs-sessions';
import type { Ledger } from './ledger.js';
import type { ModelClock } from './model-clock.js';
import type { FaultKind } from './scenario.js';
import { currentStep, type Step } from './step.js';
import type { Verdicts } from './verdicts.js';
import type { WriteJudge } from './write-judge.js';

/** Half of what the committer waits for a store. */
export const HALF_TIMEOUT_MS = 1_000;

interface Call<T> {
  readonly name: string;
  readonly key: string;
  /** What it writes, if it does: a write made again may be answered as it was before. */
  readonly revision?: string;
  /** The same call to the ledger, which answers what the store has to; where it may choose, given what it chose. */
  readonly expected: (ledger: Ledger, answer: T) => T;
  readonly make: () => Promise<T>;
}

interface Surroundings {
  readonly scheduler: Scheduler;
  readonly clock: ModelClock;
  readonly ledger: Ledger;
  readonly judge: WriteJudge;
  readonly verdicts: Verdicts;
  readonly faults: ReadonlyMap<number, FaultKind>;
}

/**
 * A store whose calls wait for the scheduler on their way there and back, and go wrong where the scenario says so.
 * Effects are one after the other, each made in the ledger too.
 */
export class ModelStore extends SessionStore {
  #calls = 0;
  #isUndisturbed = false;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly inner: SessionStore,
    private readonly around: Surroundings,
  ) {
    super();
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#through({
      name: 'load',
      key,
      expected: (ledger, answer) => ledger.load(key) ?? (answer && ledger.expired(key)),
      make: () => this.inner.load(key),
    });
  }

  override create(record: SessionRecord): Promise<boolean> {
    const { key, revision } = record;
    return this.#through({
      name: 'create',
      key,
      revision,
      expected: (ledger) => ledger.create(record),
      make: () => this.inner.create(record),
    });
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    const [{ key, revision }] = args;
    return this.#through({
      name: 'save',
      key,
      revision,
      expected: (ledger) => ledger.save(...args),
      make: () => this.inner.save(...args),
    });
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#through({
      name: 'touch',
      key,
      expected: (ledger) => ledger.touch(key, expiresAt, revision),
      make: () => this.inner.touch(key, expiresAt, revision),
    });
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#through({
      name: 'delete',
      key,
      expected: (ledger) => ledger.delete(key, revision),
      make: () => this.inner.delete(key, revision),
    });
  }

  /** Runs a task whose calls neither wait nor go wrong. */
  async undisturbed(task: () => Promise<void>): Promise<void> {
    this.#isUndisturbed = true;
    await task();
    this.#isUndisturbed = false;
  }

  /** Moves the clock while no call is at work. */
  advance(spanMs: number): Promise<void> {
    const { clock, ledger } = this.around;
    return this.#inTurn(async () => {
      ledger.expire(clock.now() + spanMs);
      clock.advance(spanMs);
    });
  }

  async #through<T>(call: Call<T>): Promise<T> {
    const step = currentStep();
    if (this.#isUndisturbed) return this.#effect(call, step);
    const fault = this.around.faults.get(this.#calls++);
    if (fault && step) step.isDisturbed = true;
    await this.#pass(call.name);
    if (fault === 'fails') throw new Error('connection refused');
    if (fault === 'hangs') return this.#unanswered();
    if (fault === 'late') return this.#late(call, step);
    const answer = await this.#effect(call, step);
    if (fault === 'answer hangs') return this.#unanswered();
    await this.#pass(`${call.name} answered`);
    if (fault === 'answer lost') throw new Error('connection reset');
    return answer;
  }

  #effect<T>({ name, key, revision, expected, make }: Call<T>, step: Step | undefined): Promise<T> {
    const { ledger, judge, verdicts, clock } = this.around;
    return this.#inTurn(async () => {
      const before = ledger.load(key);
      const isRepeated = revision !== undefined && ledger.knows(revision);
      const isReused = ledger.isUsed(key);
      const answer = await make();
      const due = expected(ledger, answer);
      if (!isRepeated && !isDeepStrictEqual(answer, due))
        verdicts.contractBroken(name, answer, due);
      const after = ledger.load(key);
      if (after !== before && step) {
        judge.wrote(step, { before, after, at: ledger.instant, isReused });
      }
      // A write that was long under way may be past its expiry as it arrives.
      ledger.expire(clock.now());
      return answer;
    });
  }

  /** Takes effect whenever the scheduler says so, and by then nobody waits for the answer any more. */
  #late<T>(call: Call<T>, step: Step | undefined): Promise<T> {
    void this.#pass(`${call.name} late`)
      .then(() => this.#effect(call, step))
      .catch(() => undefined);
    return this.#unanswered();
  }

  /** Lets so much time pass that the caller gives up. */
  async #unanswered(): Promise<never> {
    for (let half = 0; half < 2; half++) {
      await this.#pass('half of the time for the store');
      await this.advance(HALF_TIMEOUT_MS);
    }
    return new Promise<never>(() => undefined);
  }

  #pass(what: string): Promise<unknown> {
    return this.around.scheduler.schedule(Promise.resolve(), what);
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(task);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}
