import { systemClock } from '../../lib/core/options/clock.js';
import type { SessionRecord } from '../../lib/core/record/session-record.js';
import { AnswerJudge } from '../model/answer-judge.js';
import { Ledger } from '../model/ledger.js';
import type { ModelClock } from '../model/model-clock.js';
import { Verdicts } from '../model/verdicts.js';
import { Browser } from './browser.js';
import { type Call, Calls, type FaultKind } from './calls.js';
import { eventsOf } from './choices.js';
import type { SearchEvent } from './event.js';
import { fingerprintOf } from './fingerprint.js';
import { Names } from './names.js';
import { judgeRead } from './read-judge.js';
import { isVain } from './reductions.js';
import { AGES_MS, LIFETIMES, type Scenario } from './scenario.js';
import { SearchProcess } from './search-process.js';
import type { Note } from './note.js';
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
  readonly browser = new Browser();
  /** All ids that an answer named, whether it arrived or not. */
  readonly ids = new Set<string>([SEED_ID]);
  readonly names = new Names();
  readonly #judge: AnswerJudge;
  faultsLeft: number;
  /** Those to whom something came, the last one last. */
  came: string[] = [];
  #steps = 0;
  /** Whether the last step ended a request. */
  hasJustEnded = false;
  jumpedMs = 0;
  skewedMs = 0;

  /** @param isPlain leaves nothing out; to compare with what the reductions leave */
  constructor(
    readonly scenario: Scenario,
    readonly isPlain = false,
  ) {
    this.faultsLeft = scenario.faults;
    this.time = new SearchTime(NOW);
    // `openSession` takes no clock.
    Object.assign(systemClock, new ProcessClock(this.time));
    this.calls = new Calls(
      (call) => this.names.mentionCall(call),
      () => this.ledger.expire(this.time.now),
    );
    const { ledger, time, calls } = this;
    this.processes = Array.from(
      { length: PROCESSES },
      (_, index) => new SearchProcess({ time, ledger, calls }, index, LIFETIMES[scenario.session]),
    );
    this.#judge = new AnswerJudge(this.verdicts, ledger, this.time as unknown as ModelClock);
    this.requests = scenario.requests.map(
      (plan, index) =>
        new SearchRequest(String.fromCharCode(FIRST_NAME + index), plan, this.#around(plan)),
    );
    const seed = seedRecord(NOW - AGES_MS[scenario.session]);
    ledger.create(seed);
    this.names.mention(seed, 'k');
  }

  get isDone(): boolean {
    return this.requests.every(({ isAnswered }) => isAnswered);
  }

  async perform(event: SearchEvent): Promise<void> {
    this.#steps++;
    this.hasJustEnded = false;
    this.faultsLeft -= event.faults;
    event.happen();
    await settled();
    this.calls.removeAll((call) => isVain(call, this));
  }

  /** What may happen next. */
  events(): SearchEvent[] {
    return eventsOf(this);
  }

  /** The same for executions that go on alike. */
  fingerprint(): number {
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
    const { browser, ledger } = this;
    const key = browser.keyFor(request);
    request.firstInstant = ledger.instant;
    request.metWall = key !== undefined && isWall(ledger.load(key));
    if (key) this.names.mention(key, '?');
    this.note(request.name, { text: `start ${browser.user}`, token: key });
    request.start(browser.idFor(request), browser.userOf(request));
  }

  #answered(request: SearchRequest): void {
    this.hasJustEnded = true;
    if (request.cookie) this.ids.add(request.cookie);
    this.browser.receive(request);
  }

  jump(spanMs: number): void {
    this.jumpedMs += spanMs;
    for (const { name, isAnswered } of this.requests)
      if (!isAnswered) this.note(name, { text: 'jump' });
    this.time.jump(spanMs);
  }

  /** The clock of one process steps. */
  step(process: number, spanMs: number): void {
    this.processes[process]!.clock.skewMs += spanMs;
    this.skewedMs += Math.abs(spanMs);
  }

  tick(owner: string): void {
    this.note(owner, { text: 'tick' });
    this.time.tick(owner);
  }

  take(call: Call): void {
    call.answer = this.calls.take(call);
    call.state = 'answered';
    this.names.mentionAnswer(call);
  }

  answer(call: Call): void {
    this.calls.remove(call);
    if (call.state !== 'answered') call.answer = this.calls.take(call);
    this.#resolve(call);
  }

  /** Of a call that is lost, its request learns no more; that it was made twice, nobody learns. */
  disturb(call: Call, kind: FaultKind): void {
    if (kind === 'late') return this.#hang(call);
    if (kind !== 'lost before') call.answer = this.calls.take(call);
    this.calls.remove(call);
    if (kind === 'twice') {
      call.answer = this.calls.take(call);
      return this.#resolve(call);
    }
    this.note(call.owner, { text: `${call.number} lost` });
    call.reject(new Error(`The call was ${kind}`));
  }

  #hang(call: Call): void {
    call.state = 'hung';
    call.hungAt = this.time.now;
    this.note(call.owner, { text: `${call.number} hangs` });
  }

  #resolve(call: Call): void {
    this.names.mentionAnswer(call);
    this.note(call.owner, { text: `${call.number}`, answer: call.answer });
    call.resolve(call.answer);
  }

  note(owner: string, note: Note): void {
    const request = this.requests[owner.charCodeAt(0) - FIRST_NAME];
    if (!request) return;
    const { skewMs } = this.processes[request.plan.process]!.clock;
    request.history.push({ ...note, text: `${this.time.now - NOW + skewMs} ${note.text}` });
    this.came = [...this.came.filter((name) => name !== owner), owner];
  }
}

/** When all that could happen has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isWall(record: SessionRecord | undefined): boolean {
  return record?.kind === 'tombstone' && record.renewedTo === undefined;
}
