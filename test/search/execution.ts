import { systemClock } from '../../lib/core/clock.js';
import { storeKeyOf } from '../../lib/core/session-id.js';
import type { LiveRecord, SessionRecord } from '../../lib/core/session-record.js';
import { AnswerJudge } from '../model/answer-judge.js';
import { Ledger } from '../model/ledger.js';
import type { ModelClock } from '../model/model-clock.js';
import { Verdicts } from '../model/verdicts.js';
import { type Call, Calls, type FaultKind } from './calls.js';
import { eventsOf } from './choices.js';
import type { SearchEvent } from './event.js';
import { fingerprintOf } from './fingerprint.js';
import { Names } from './names.js';
import { judgeRead } from './read-judge.js';
import { AGES_MS, LIFETIMES, type Scenario } from './scenario.js';
import { SearchProcess } from './search-process.js';
import { SearchRequest } from './search-request.js';
import { ProcessClock, SearchTime } from './search-time.js';
import { SEED_ID, seedRecord } from './seed.js';

const NOW = Date.UTC(2030, 0, 1);
/** Processes that requests run in, and one that is asked at the end. */
const PROCESSES = 3;
const FIRST_NAME = 'A'.charCodeAt(0);

/** One schedule of a scenario, as far as it was chosen. */
export class Execution {
  readonly verdicts = new Verdicts();
  readonly time: SearchTime;
  readonly ledger = new Ledger();
  readonly calls: Calls;
  readonly processes: readonly SearchProcess[];
  readonly requests: readonly SearchRequest[];
  readonly browser: { cookie: string | undefined; user: string | undefined };
  /** All ids that an answer named, whether it arrived or not. */
  readonly ids = new Set<string>([SEED_ID]);
  readonly names = new Names();
  readonly #judge: AnswerJudge;
  faultsLeft: number;
  /** Those to whom something came, the last one last. */
  came: string[] = [];
  #steps = 0;
  jumpedMs = 0;
  skewedMs = 0;

  constructor(readonly scenario: Scenario) {
    this.faultsLeft = scenario.faults;
    this.time = new SearchTime(NOW);
    // `openSession` takes no clock.
    Object.assign(systemClock, new ProcessClock(this.time));
    this.calls = new Calls(
      (call) => this.#noteCall(call),
      () => this.ledger.expire(this.time.now),
    );
    const { ledger, time, calls } = this;
    this.processes = Array.from(
      { length: PROCESSES },
      (_, index) => new SearchProcess({ time, ledger, calls }, index, LIFETIMES[scenario.session]),
    );
    this.#judge = new AnswerJudge(this.verdicts, ledger, this.time as unknown as ModelClock);
    this.browser = { cookie: SEED_ID, user: 'ann' };
    this.requests = scenario.requests.map(
      (plan, index) =>
        new SearchRequest(String.fromCharCode(FIRST_NAME + index), plan, this.#around(plan)),
    );
    const seed = seedRecord(NOW - AGES_MS[scenario.session]);
    ledger.create(seed);
    this.names.textOf(seed, 'k');
  }

  get steps(): number {
    return this.#steps;
  }

  get isDone(): boolean {
    return this.requests.every(({ isAnswered }) => isAnswered);
  }

  async perform(event: SearchEvent): Promise<void> {
    this.#steps++;
    this.faultsLeft -= event.faults;
    event.happen();
    await settled();
  }

  /** What may happen next. */
  events(): SearchEvent[] {
    return eventsOf(this);
  }

  /** The same for executions that go on alike. */
  fingerprint(): string {
    return fingerprintOf(this);
  }

  #around(plan: { readonly process: number }): ConstructorParameters<typeof SearchRequest>[2] {
    return {
      process: this.processes[plan.process]!,
      step: () => this.#steps,
      onRead: (request, key, value) => judgeRead(this.#judge, request, { key, value }),
      onAnswered: (request) => this.#answered(request),
    };
  }

  start(request: SearchRequest): void {
    const { cookie, user } = this.browser;
    const id = request.plan.presents === 'cookie' ? cookie : SEED_ID;
    request.firstInstant = this.ledger.instant;
    request.metWall = id !== undefined && isWall(this.ledger.load(storeKeyOf(id)));
    const shown = id === undefined ? '' : this.names.of(storeKeyOf(id), '?');
    this.note(request.name, `start ${shown} ${user}`);
    request.start(id, request.plan.presents === 'cookie' ? user : 'ann');
  }

  #answered(request: SearchRequest): void {
    const { cookie, plan } = request;
    if (cookie) this.ids.add(cookie);
    if (!plan.isDelivered || request.hasLeft || cookie === undefined) return;
    this.browser.cookie = cookie === '' ? undefined : cookie;
    const { signedIn } = request.book;
    if (cookie === '') this.browser.user = undefined;
    else if (signedIn !== undefined) this.browser.user = signedIn;
  }

  jump(spanMs: number): void {
    this.jumpedMs += spanMs;
    for (const { name, isAnswered } of this.requests) if (!isAnswered) this.note(name, 'jump');
    this.time.jump(spanMs);
  }

  /** The clock of one process steps. */
  step(process: number, spanMs: number): void {
    this.processes[process]!.clock.skewMs += spanMs;
    this.skewedMs += Math.abs(spanMs);
  }

  tick(owner: string): void {
    this.note(owner, 'tick');
    this.time.tick(owner);
  }

  take(call: Call): void {
    call.answer = this.calls.take(call);
    call.state = 'answered';
    this.note(call.owner, `${call.number} happens ${this.#shown(call)}`);
  }

  answer(call: Call): void {
    this.calls.remove(call);
    if (call.state !== 'answered') call.answer = this.calls.take(call);
    this.note(call.owner, `${call.number} ${this.#shown(call)}`);
    call.resolve(call.answer);
  }

  disturb(call: Call, kind: FaultKind): void {
    this.note(call.owner, `${call.number} ${kind}`);
    if (kind === 'late') return void (call.state = 'hung');
    if (kind !== 'lost before') call.answer = this.calls.take(call);
    this.calls.remove(call);
    if (kind !== 'twice') return call.reject(new Error(`The call was ${kind}`));
    call.answer = this.calls.take(call);
    this.note(call.owner, this.#shown(call));
    call.resolve(call.answer);
  }

  #shown({ answer, owner }: Call): string {
    if (typeof answer !== 'object' || answer === null) return String(answer);
    return [answer]
      .flat()
      .map((one) => this.names.textOf(one as LiveRecord, owner))
      .join();
  }

  #noteCall({ key, record, owner }: Call): void {
    if (key) this.names.of(key, owner);
    if (record) this.names.textOf(record, owner);
  }

  note(owner: string, text: string): void {
    const request = this.requests[owner.charCodeAt(0) - FIRST_NAME];
    if (!request) return;
    const { skewMs } = this.processes[request.plan.process]!.clock;
    request.note(`${this.time.now - NOW + skewMs} ${text}`);
    this.came = [...this.came.filter((name) => name !== owner), owner];
  }
}

/** When all that could happen has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isWall(record: SessionRecord | undefined): boolean {
  return record?.kind === 'marker' && record.successor === undefined;
}
