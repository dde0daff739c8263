import { isDeepStrictEqual } from 'node:util';
import type { SessionRecord } from 'nestjs-sessions';
import type { Answer } from '../../support/browser.js';
import { type Fault, faultKinds } from './fault.js';
import type { Flow, Held } from './flows.js';
import { type Stage, type Visit, Visitor } from './visitor.js';

const HOUR_MS = 60 * 60_000;
const UNAVAILABLE = '{"message":"Service Unavailable","statusCode":503}';

/** One flow with one fault: what came of it, and whether that is as promised. */
export class Trial {
  /** What went against the guarantees, by number. */
  readonly breaches: string[] = [];
  readonly visitor: Visitor;
  #calls: readonly string[] = [];

  constructor(
    stage: Stage,
    readonly flow: Flow,
    private readonly fault: Fault,
  ) {
    this.visitor = new Visitor(stage);
  }

  /** Whether the request made so many calls that one went wrong. */
  get isFaulty(): boolean {
    return this.#broken !== undefined;
  }

  get name(): string {
    const { n, kind, isLasting } = this.fault;
    const call = `call ${n} (${this.#broken ?? 'not made'}) ${kind}`;
    return `${this.flow.name}, ${call}${isLasting ? ', as do all after it' : ''}`;
  }

  async run(): Promise<void> {
    await this.visitor.begin(this.flow);
    const oldKey = this.visitor.key;
    const visit = await this.visitor.visit(this.flow, this.fault);
    this.#calls = visit.calls;
    await this.#judge(visit, oldKey);
    this.visitor.leave();
  }

  get #broken(): string | undefined {
    return this.#calls[this.fault.n - 1];
  }

  /** A touch may fail; a write that fails once is looked up, and made again. Anything else is told. */
  get #isServed(): boolean {
    if (!this.isFaulty || this.#broken === 'touch') return true;
    return this.#broken !== 'load' && !this.fault.isLasting;
  }

  async #judge({ answer, calls }: Visit, oldKey: string | undefined): Promise<void> {
    if (!this.isFaulty)
      this.#demand(9, `it makes the calls ${calls.join(' ')}`, calls.join(' ') === this.flow.calls);
    this.#demand(10, 'it is answered', answer !== undefined);
    if (!answer) return;
    if (this.#isServed) await this.#judgeServed(answer, oldKey);
    else await this.#judgeRefused(answer);
    await this.#judgeStore(1);
    if (this.#isWall) await this.#judgeWall();
    await this.#judgeRetry();
    await this.#judgeStore(2);
  }

  async #judgeServed(answer: Answer, oldKey: string | undefined): Promise<void> {
    const { status = 200, cookie = 'left alone', commits, before, isRotation } = this.flow;
    this.#demand(10, `it is answered with ${answer.status}`, answer.status === status);
    this.#demand(8, `its cookie is ${cookieOf(answer)}`, cookieOf(answer) === cookie);
    await this.#demandHeld('what is acknowledged is stored', after(commits, before));
    if (!isRotation || oldKey === undefined) return;
    const old = (await this.visitor.records()).find(({ key }) => key === oldKey);
    this.#demand(7, 'its old id is a wall', old?.kind === 'tombstone');
  }

  async #judgeRefused(answer: Answer): Promise<void> {
    const { status, text } = answer;
    this.#demand(10, `it is answered with ${status}`, status === 503);
    this.#demand(8, 'nothing of its answer is left', text === UNAVAILABLE);
    const cookie = cookieOf(answer);
    this.#demand(8, `its cookie is ${cookie}`, cookie === this.#cookieOfDone);
    await this.#demandHeld('it is all or nothing', this.#leftBehind());
  }

  /** The commits before the fault, by the call that completed each. */
  get #done(): string[] {
    const { isRotation } = this.flow;
    const completing = isRotation ? ['save'] : ['create', 'save', 'delete'];
    return this.#calls.slice(0, this.fault.n - 1).filter((call) => completing.includes(call));
  }

  get #cookieOfDone(): string {
    if (this.#done.includes('create')) return 'issued';
    return this.#done.includes('delete') ? 'cleared' : 'left alone';
  }

  /** What the commits before the fault did, and the one that failed if it took effect; its new id never reached anyone. */
  #leftBehind(): Held {
    const { before, commits } = this.flow;
    if (this.#isWall) return undefined;
    const hasEffect = faultKinds[this.fault.kind].hasEffect && this.#broken !== 'create';
    const count = this.#done.length + (hasEffect && this.#broken !== 'load' ? 1 : 0);
    return after(commits.slice(0, count), before);
  }

  /** Whether the rotation happened, and nobody knows: the browser has the old id, and the record has gone on. */
  get #isWall(): boolean {
    const { hasEffect } = faultKinds[this.fault.kind];
    const isUnknown = this.#broken === 'save' && hasEffect && this.fault.isLasting;
    return this.flow.isRotation === true && isUnknown;
  }

  /**
   * A fault that passes leaves no record without an owner, one that lasts leaves one; a rotation leaves one marker. All
   * of them end.
   */
  async #judgeStore(visits: number): Promise<void> {
    const records = await this.visitor.records();
    const live = records.filter(({ kind }) => kind === 'live');
    const strays = live.filter(({ key }) => key !== this.visitor.key).length;
    const markers = records.length - live.length;
    this.#demand(8, `it leaves ${strays} strays`, strays <= (this.#isServed ? 0 : 1));
    this.#demand(8, `it leaves ${markers} markers`, markers <= visits);
    this.#demand(11, 'all that is left ends by itself', records.every(hasEnd));
  }

  /** As for anybody who brings an old id, until the marker has expired. */
  async #judgeWall(): Promise<void> {
    const { answer } = await this.visitor.visit(this.flow);
    this.#demand(7, `at the wall it is answered with ${answer?.status}`, answer?.status === 409);
    this.#demand(7, 'at the wall it sets no cookie', answer?.setCookie.length === 0);
    this.visitor.letWallFall();
  }

  /** The same browser asks again, and the store is well. */
  async #judgeRetry(): Promise<void> {
    const { status = 200, commits } = this.flow;
    const before = await this.visitor.held();
    const { answer } = await this.visitor.visit(this.flow);
    this.#demand(
      10,
      `asked again, it is answered with ${answer?.status}`,
      answer?.status === status,
    );
    await this.#demandHeld('asked again, it is done', after(commits, before));
  }

  async #demandHeld(fact: string, due: Held): Promise<void> {
    this.#demand(4, fact, isDeepStrictEqual(await this.visitor.held(), due));
  }

  #demand(guarantee: number, fact: string, holds: boolean): void {
    if (!holds) this.breaches.push(`guarantee ${guarantee}: ${fact}: ${this.name}`);
  }
}

function after(commits: Flow['commits'], before: Held): Held {
  return commits.reduce((held, commit) => commit(held), before);
}

function cookieOf({ setCookie }: Answer): string {
  if (setCookie.length === 0) return 'left alone';
  if (setCookie.length > 1) return 'set twice';
  return setCookie[0]!.includes('Max-Age=0') ? 'cleared' : 'issued';
}

function hasEnd({ expiresAt, absoluteExpiresAt }: SessionRecord): boolean {
  return expiresAt <= absoluteExpiresAt && absoluteExpiresAt <= Date.now() + 13 * HOUR_MS;
}
