import { signIn } from '../../lib/auth/sign-in.js';
import { openSession } from '../../lib/commit/open-session.js';
import type { Session } from '../../lib/core/session/session.js';
import { SessionError } from '../../lib/core/errors/session-errors.js';
import { HttpSession } from '../../lib/nest/http-session.js';
import { toHttpException } from '../../lib/nest/session-exception.mapper.js';
import { onBehalfOf, UNDISTURBED } from './calls.js';
import { DeedBook } from './deed.js';
import { FakeExchange } from './exchange.js';
import type { Note } from './note.js';
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

const OF_USER: Readonly<Record<string, number>> = { ann: 100, bob: 200 };

/** One request, from its start to its answer, and all that it was told. */
export class SearchRequest {
  readonly book: DeedBook;
  status: number | undefined;
  /** All that came to it, in order: what it does next follows from that. */
  readonly history: Note[] = [];
  isStarted = false;
  hasLeft = false;
  isAnswered = false;
  /** Whether it had a session in the end. */
  wasLive = false;
  /** Whether its id had been rotated away when it began. */
  metWall = false;
  presented: string | undefined;
  began = 0;
  /** Of the ledger, when it began. */
  firstInstant = 0;
  ended = Infinity;
  #goOn: (() => void) | undefined;
  #exchange!: FakeExchange;
  #http!: HttpSession;
  #value = 0;

  constructor(
    readonly name: string,
    readonly plan: RequestPlan,
    private readonly around: Surroundings,
  ) {
    this.book = new DeedBook(name, () => around.step());
  }

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

  start(id: string | undefined, user: string | undefined): void {
    this.isStarted = true;
    this.presented = id;
    this.began = this.around.step();
    this.book.began = this.began;
    this.#value = (OF_USER[user ?? ''] ?? 300) + this.name.charCodeAt(0) - 64;
    this.#exchange = new FakeExchange(id, () => this.#sent());
    this.#http = new HttpSession(this.around.process, this.#exchange);
    onBehalfOf(this.name, () => void this.#handle());
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
    this.wasLive = this.book.open.length > 0 && this.session.status === 'live';
    this.status = this.#exchange.response.statusCode;
    this.book.close(this.status);
    this.around.onAnswered(this);
    if (!this.hasLeft) this.#exchange.close();
  }

  #perform(command: Command): Promise<unknown> | void {
    const { session } = this;
    const key = `s${this.name}`;
    switch (command) {
      case 'get':
        return session.get('a').then((value) => this.around.onRead(this, 'a', value));
      case 'set':
      case 'set again':
        return this.#set(command, command === 'set' ? key : `${key}2`);
      case 'delete':
        session.delete('d');
        return this.book.change(command, 'd');
      case 'clear':
        session.clear();
        return this.book.change(command);
      case 'flash':
        session.flash('notice', this.#value);
        return this.book.change(command, 'notice', this.#value);
      case 'rotate':
        session.rotate();
        return this.book.change(command);
      case 'update':
        return this.book.commit(command, 'n', () => session.update('n', (n = 0) => n + 1));
      case 'take':
        return this.book.commit(command, 't', () => session.take('t'));
      case 'flashed':
        return this.book.ask(command, 'notice', () => session.takeFlash<number>('notice'));
      case 'save':
        return this.book.commit(command, undefined, () => session.save());
      case 'destroy':
        return this.#destroy();
      case 'sign in ann':
      case 'sign in bob':
        return this.#signIn(command);
      case 'revoke':
        return this.book.ask(command, undefined, () =>
          this.around.process.users.endAll('ann', undefined),
        );
      case 'work':
        return new Promise<void>((resolve) => (this.#goOn = resolve));
      case 'fail':
        throw new Error('The handler fails');
      case 'job':
        return this.#jobs(1);
      case 'jobs':
        return onBehalfOf(UNDISTURBED, () => this.#jobs(17));
      default:
        return command satisfies never;
    }
  }

  #set(command: Command, key: string): void {
    this.session.set(key, this.#value);
    this.book.change(command, key, this.#value);
  }

  async #signIn(command: Command): Promise<void> {
    await signIn(this.session, command === 'sign in bob' ? 'bob' : 'ann');
    this.book.change(command);
  }

  async #destroy(): Promise<void> {
    this.book.settle('refused');
    await this.book.ask('destroy', undefined, async () => {
      await this.session.destroy();
      return this.session.status;
    });
  }

  async #jobs(count: number): Promise<void> {
    for (let job = 0; job < count; job++) {
      const session = openSession<Values>(this.around.process.store, this.presented);
      await this.book.ask('update', 'n', () => session.update('n', (n = 0) => n + 1));
    }
  }
}
