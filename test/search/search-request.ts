import { signIn } from '../../lib/auth/sign-in.js';
import { openSession } from '../../lib/commit/open-session.js';
import type { Session } from '../../lib/core/session.js';
import { SessionError } from '../../lib/core/session-errors.js';
import { HttpSession } from '../../lib/nest/http-session.js';
import { toHttpException } from '../../lib/nest/session-exception.mapper.js';
import { onBehalfOf, UNDISTURBED } from './calls.js';
import type { Deed } from './deed.js';
import { FakeExchange } from './exchange.js';
import { hashed } from './names.js';
import type { Command, RequestPlan } from './script.js';
import type { SearchProcess } from './search-process.js';

type Values = Record<string, number>;

/** What surrounds a request. */
export interface Surroundings {
  readonly process: SearchProcess;
  /** By how many choices the execution has come so far. */
  step(): number;
  onRead(request: SearchRequest, key: string, value: unknown): void;
  onAnswered(request: SearchRequest): void;
}

/** Begins with 1 for what ann stores, with 2 for bob. */
const OF_USER: Readonly<Record<string, number>> = { ann: 100, bob: 200 };
const JOBS = 17;

/** One request, from its start to its answer, and all that it was told. */
export class SearchRequest {
  readonly deeds: Deed[] = [];
  status: number | undefined;
  /** All that came to it, in order: what it does next follows from that. */
  history = 0;
  isStarted = false;
  hasLeft = false;
  isAnswered = false;
  /** Whether it had a session in the end. */
  wasLive = false;
  /** What the handler threw, or what the commit at the end was refused with. */
  presented: string | undefined;
  began = 0;
  /** Of the ledger, when it began. */
  firstInstant = 0;
  ended = Infinity;
  /** Changes that are not committed yet. */
  open: Deed[] = [];
  #goOn: (() => void) | undefined;
  #exchange!: FakeExchange;
  #http!: HttpSession;
  #value = 0;
  #hadDoubt = false;

  constructor(
    readonly name: string,
    readonly plan: RequestPlan,
    private readonly around: Surroundings,
  ) {}

  get isAtWork(): boolean {
    return this.#goOn !== undefined;
  }

  get mayLeave(): boolean {
    return (
      this.plan.script.mayLeave === true && this.isStarted && !this.hasLeft && !this.isAnswered
    );
  }

  get session(): Session<Values> {
    return this.#http.session;
  }

  /** What the answer does to the cookie of the browser, if it arrives. */
  get cookie(): string | undefined {
    return this.#exchange.cookie;
  }

  /** Whose session it is from now on, if it signed somebody in. */
  get userIdAfter(): string | undefined {
    return this.deeds.findLast(({ kind }) => kind.startsWith('sign in'))?.kind.slice(8);
  }

  start(id: string | undefined, user: string | undefined): void {
    this.isStarted = true;
    this.presented = id;
    this.began = this.around.step();
    this.#value = (OF_USER[user ?? ''] ?? 300) + this.name.charCodeAt(0) - 64;
    this.#exchange = new FakeExchange(id, () => this.#sent());
    this.#http = new HttpSession(this.around.process, this.#exchange);
    onBehalfOf(this.name, () => void this.#handle());
  }

  note(text: string): void {
    this.history = hashed(text, this.history);
  }

  goOn(): void {
    const goOn = this.#goOn!;
    this.#goOn = undefined;
    onBehalfOf(this.name, goOn);
  }

  leave(): void {
    this.hasLeft = true;
    onBehalfOf(this.name, () => this.#exchange.close());
  }

  async #handle(): Promise<void> {
    let status = 200;
    try {
      for (const command of this.plan.script.commands) await this.#perform(command);
    } catch (error) {
      status = error instanceof SessionError ? toHttpException(error).getStatus() : 500;
    }
    this.#exchange.response.statusCode = status;
    this.#exchange.response.end();
  }

  #sent(): void {
    this.isAnswered = true;
    this.ended = this.around.step();
    // Asking a session that nobody used would be use.
    this.wasLive = this.open.length > 0 && this.session.status === 'live';
    this.status = this.#exchange.response.statusCode;
    this.#settle(this.#outcome(this.status));
    this.around.onAnswered(this);
    if (!this.hasLeft) this.#exchange.close();
  }

  #outcome(status: number): Deed['outcome'] {
    if (status < 400) return 'acknowledged';
    if (status === 503 || this.#hadDoubt) return 'unknown';
    return status === 409 ? 'refused' : 'discarded';
  }

  #settle(outcome: Deed['outcome']): void {
    for (const deed of this.open) Object.assign(deed, { outcome, ended: this.around.step() });
    this.open = [];
  }

  #perform(command: Command): Promise<unknown> | void {
    const { session } = this;
    const key = `s${this.name}`;
    switch (command) {
      case 'get':
        return session.get('a').then((value) => this.around.onRead(this, 'a', value));
      case 'set':
        session.set(key, this.#value);
        return this.#change(command, key, this.#value);
      case 'set again':
        session.set(`${key}2`, this.#value);
        return this.#change(command, `${key}2`, this.#value);
      case 'delete':
        session.delete('d');
        return this.#change(command, 'd');
      case 'clear':
        session.clear();
        return this.#change(command);
      case 'flash':
        session.flash('notice', this.#value);
        return this.#change(command, 'notice', this.#value);
      case 'rotate':
        session.rotate();
        return this.#change(command);
      case 'update':
        return this.#commit(command, 'n', () => session.update('n', (n = 0) => n + 1));
      case 'take':
        return this.#commit(command, 't', () => session.take('t'));
      case 'flashed':
        return this.#ask(command, 'notice', () => session.flashed<number>('notice'));
      case 'save':
        return this.#commit(command, undefined, () => session.save());
      case 'destroy':
        return this.#destroy();
      case 'sign in ann':
      case 'sign in bob':
        return this.#signIn(command);
      case 'revoke':
        return this.#ask(command, undefined, () =>
          this.around.process.users.endAll('ann', undefined),
        );
      case 'work':
        return new Promise<void>((resolve) => (this.#goOn = resolve));
      case 'fail':
        throw new Error('The handler fails');
      case 'job':
        return this.#job();
      case 'jobs':
        return onBehalfOf(UNDISTURBED, () => this.#jobs());
      default:
        return command satisfies never;
    }
  }

  async #signIn(command: Command): Promise<void> {
    await signIn(this.session, command === 'sign in bob' ? 'bob' : 'ann');
    this.#change(command);
  }

  #change(kind: Command, key?: string, value?: number): void {
    this.open.push(this.#deed(kind, key, value));
  }

  /** What it acknowledges, it acknowledges with all that was changed before. */
  async #commit(
    kind: Command,
    key: string | undefined,
    task: () => Promise<unknown>,
  ): Promise<void> {
    await this.#ask(kind, key, task);
    this.#settle('acknowledged');
  }

  async #ask(kind: Command, key: string | undefined, task: () => Promise<unknown>): Promise<void> {
    const deed = this.#deed(kind, key);
    try {
      deed.answer = await task();
      deed.outcome = 'acknowledged';
    } catch (error) {
      const isInDoubt = SessionError.is(error, 'SESSION_STORE_UNAVAILABLE');
      this.#hadDoubt ||= isInDoubt;
      deed.outcome = isInDoubt ? 'unknown' : 'refused';
      throw error;
    } finally {
      deed.ended = this.around.step();
    }
  }

  async #destroy(): Promise<void> {
    for (const deed of this.open) deed.outcome = 'refused';
    this.open = [];
    await this.#ask('destroy', undefined, async () => {
      await this.session.destroy();
      return this.session.status;
    });
  }

  #job(): Promise<void> {
    const session = openSession<Values>(this.around.process.store, this.presented);
    return this.#ask('update', 'n', () => session.update('n', (n = 0) => n + 1));
  }

  async #jobs(): Promise<void> {
    for (let job = 0; job < JOBS; job++) await this.#job();
  }

  #deed(kind: Command, key?: string, value?: number): Deed {
    const deed: Deed = {
      kind,
      by: this.name,
      key,
      value,
      began: this.began,
      ended: Infinity,
      outcome: 'open',
      answer: undefined,
    };
    this.deeds.push(deed);
    return deed;
  }
}
