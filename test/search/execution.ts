import { systemClock } from '../../lib/core/clock.js';
import { storeKeyOf } from '../../lib/core/session-id.js';
import type { LiveRecord } from '../../lib/core/session-record.js';
import { AnswerJudge } from '../model/answer-judge.js';
import { Ledger } from '../model/ledger.js';
import type { ModelClock } from '../model/model-clock.js';
import { Verdicts } from '../model/verdicts.js';
import { type Call, Calls, type FaultKind, isRead } from './calls.js';
import { event, type SearchEvent, withNames } from './event.js';
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
  readonly #names = new Names();
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
    this.#names.textOf(seed, 'k');
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
    const first = this.calls.all.find((call) => call.number === 1 && call.state === 'pending');
    // One that starts later is no other than one that presents what the browser had before: see `RequestPlan`.
    if (first) return withNames(this.#eventsOf(first));
    const events = this.calls.all.flatMap((call) => this.#eventsOf(call));
    for (const request of this.requests) this.#addEventsOf(request, events);
    for (const owner of this.#waitingForTime(events))
      events.push(event(`the time of ${owner} is up`, 0, () => this.#tick(owner)));
    if (this.faultsLeft > 0 && !this.isDone) this.#addTimes(events);
    return withNames(events);
  }

  /** The same for executions that go on alike. */
  fingerprint(): string {
    return fingerprintOf(this, this.#names);
  }

  #around(plan: { readonly process: number }): ConstructorParameters<typeof SearchRequest>[2] {
    return {
      process: this.processes[plan.process]!,
      step: () => this.#steps,
      onRead: (request, key, value) => judgeRead(this.#judge, request, { key, value }),
      onAnswered: (request) => this.#answered(request),
    };
  }

  #start(request: SearchRequest): void {
    const { cookie, user } = this.browser;
    const id = request.plan.presents === 'cookie' ? cookie : SEED_ID;
    request.firstInstant = this.ledger.instant;
    const shown = id === undefined ? '' : this.#names.of(storeKeyOf(id), '?');
    this.#note(request.name, `start ${shown} ${user}`);
    request.start(id, request.plan.presents === 'cookie' ? user : 'ann');
  }

  #answered(request: SearchRequest): void {
    const { cookie, plan } = request;
    if (cookie) this.ids.add(cookie);
    if (!plan.isDelivered || request.hasLeft || cookie === undefined) return;
    this.browser.cookie = cookie === '' ? undefined : cookie;
    const { userIdAfter } = request;
    if (cookie === '') this.browser.user = undefined;
    else if (userIdAfter !== undefined) this.browser.user = userIdAfter;
  }

  #eventsOf(call: Call): SearchEvent[] {
    const label = `${call.owner} ${call.name} ${call.key && this.#names.of(call.key, '?')}`;
    if (call.state === 'answered')
      return [event(`${label}: its answer`, 0, () => this.#answer(call), call)];
    if (call.state === 'hung')
      return isRead(call)
        ? []
        : [event(`${label} at last`, 0, () => this.#answer(call, 'late'), call)];
    const events = [
      this.#isSplit(call)
        ? event(`${label} happens`, 0, () => this.#take(call), call)
        : event(label, 0, () => this.#answer(call), call),
    ];
    if (this.faultsLeft > 0)
      for (const kind of this.scenario.kinds)
        if (isWorse(kind, call))
          events.push(event(`${label}: ${kind}`, 1, () => this.#disturb(call, kind), call));
    return events;
  }

  /**
   * In a process with other requests it matters when a write is answered. Elsewhere a late answer is as good as a call that
   * takes effect late.
   */
  #isSplit(call: Call): boolean {
    if (isRead(call)) return false;
    const alive = this.requests.filter(
      ({ plan, isAnswered }) => plan.process === call.process && !isAnswered,
    );
    return alive.length > 1;
  }

  #addEventsOf(request: SearchRequest, events: SearchEvent[]): void {
    const { name } = request;
    if (!request.isStarted) events.push(event(`${name} starts`, 0, () => this.#start(request)));
    if (request.isAtWork)
      events.push(
        event(`${name} goes on`, 0, () => {
          this.#note(name, 'on');
          request.goOn();
        }),
      );
    if (request.mayLeave)
      events.push(
        event(`the client of ${name} leaves`, 0, () => {
          this.#note(name, 'leaves');
          request.leave();
        }),
      );
  }

  /** Time that passes while calls are answered matters to nobody. */
  #waitingForTime(events: readonly SearchEvent[]): readonly string[] {
    if (this.isDone) return [];
    const { owners } = this.time;
    const hanging = this.calls.all.filter(
      (call) => call.state === 'hung' && this.calls.isLast(call) && owners.has(call.owner),
    );
    if (hanging.length > 0) return [...new Set(hanging.map(({ owner }) => owner))];
    return events.length === 0 ? [...owners] : [];
  }

  #addTimes(events: SearchEvent[]): void {
    for (const spanMs of this.scenario.jumpsMs)
      events.push(event(`${spanMs / 1_000} s pass`, 1, () => this.#jump(spanMs)));
    for (const [index, process] of this.processes.slice(0, PROCESSES - 1).entries())
      for (const spanMs of this.scenario.skewsMs)
        events.push(
          event(`clock ${index} steps by ${spanMs / 1_000} s`, 1, () => {
            process.clock.skewMs += spanMs;
            this.skewedMs += Math.abs(spanMs);
          }),
        );
  }

  #jump(spanMs: number): void {
    this.jumpedMs += spanMs;
    for (const { name, isAnswered } of this.requests) if (!isAnswered) this.#note(name, 'jump');
    this.time.jump(spanMs);
  }

  #tick(owner: string): void {
    this.#note(owner, 'tick');
    this.time.tick(owner);
  }

  #take(call: Call): void {
    call.answer = this.calls.take(call);
    call.state = 'answered';
    this.#note(call.owner, `${call.number} happens ${this.#shown(call)}`);
  }

  #answer(call: Call, how = ''): void {
    this.calls.remove(call);
    if (call.state !== 'answered') call.answer = this.calls.take(call);
    this.#note(call.owner, `${call.number}${how} ${this.#shown(call)}`);
    call.resolve(call.answer);
  }

  #disturb(call: Call, kind: FaultKind): void {
    this.#note(call.owner, `${call.number} ${kind}`);
    if (kind === 'late') return void (call.state = 'hung');
    if (kind !== 'lost before') call.answer = this.calls.take(call);
    this.calls.remove(call);
    if (kind !== 'twice') return call.reject(new Error(`The call was ${kind}`));
    call.answer = this.calls.take(call);
    this.#note(call.owner, this.#shown(call));
    call.resolve(call.answer);
  }

  #shown({ answer, owner }: Call): string {
    if (typeof answer !== 'object' || answer === null) return String(answer);
    return [answer]
      .flat()
      .map((one) => this.#names.textOf(one as LiveRecord, owner))
      .join();
  }

  #noteCall({ key, record, owner }: Call): void {
    if (key) this.#names.of(key, owner);
    if (record) this.#names.textOf(record, owner);
  }

  #note(owner: string, text: string): void {
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

/** A read that is lost after it happened is lost; a second one is the first. */
function isWorse(kind: FaultKind, call: Call): boolean {
  return !isRead(call) || kind === 'lost before' || kind === 'late';
}
