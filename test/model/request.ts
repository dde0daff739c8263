import { type Session, SessionError, type SessionLifetime } from 'nestjs-sessions';
import { parseLifetime } from '../../lib/core/options/lifetime.js';
import { Session as SessionHandle } from '../../lib/core/session/session.js';
import { storeKeyOf } from '../../lib/core/record/session-id.js';
import { SessionState } from '../../lib/core/session/session-state.js';
import type { SessionBackend } from '../../lib/core/session/session-phase.js';
import type { AnswerJudge } from './answer-judge.js';
import type { Change, Content } from './content.js';
import type { Ledger } from './ledger.js';
import type { ModelClock } from './model-clock.js';
import type { ModelStore } from './model-store.js';
import { type Command, lifetimeOf, type Script } from './scenario.js';
import { during, Step } from './step.js';

type Values = Record<string, number>;

export interface RequestSurroundings {
  readonly backend: SessionBackend;
  readonly store: ModelStore;
  readonly ledger: Ledger;
  readonly clock: ModelClock;
  readonly judge: AnswerJudge;
}

interface Told {
  readonly changes: readonly Change[];
  readonly isRotation: boolean;
}

/** Runs a script on a session, knows what the request changed, and has every answer judged. */
export class ModelRequest {
  readonly state: SessionState;
  readonly #session: Session<Values>;
  readonly #ownKeys = new Set<string>();
  /** Where its session is stored, as far as it was told. */
  key: string | undefined;
  /** From here on its session was in the states that it may read. */
  #since: number;
  #changes: readonly Change[] = [];
  #isRotating = false;
  /** Whether something that it stored was acknowledged, and nobody has ended the session or moved it on since. */
  hasCommitted = false;
  /** A load that failed is not tried again: what comes after it is refused too. */
  #wasRefused = false;

  constructor(
    private readonly around: RequestSurroundings,
    id: string | undefined,
  ) {
    this.state = new SessionState(around.backend, id === undefined ? undefined : [id]);
    this.#session = new SessionHandle<Values>(this.state);
    this.#since = around.ledger.instant;
    if (id !== undefined) this.#own(storeKeyOf(id));
  }

  /** The id of its session, where that is stored. Asking the session itself would count as use. */
  get id(): string | undefined {
    const { phase } = this.state;
    return phase.kind === 'live' ? phase.id : undefined;
  }

  /** Resolves to whether the answer leaves as the application meant it. */
  async run({ commands, ends }: Script): Promise<boolean> {
    for (const command of commands) await this.#perform(command);
    const isWell = ends === 'finish' && (await this.#commit(() => this.state.finish()));
    if (!isWell) this.state.discard();
    // Asked again as the connection closes, it has nothing left to write.
    await during(this.#step(isWell ? 'close' : 'discarded'), () => this.state.finish());
    return isWell;
  }

  #perform(command: Command): Promise<unknown> | void {
    const session = this.#session;
    switch (command.kind) {
      case 'get':
        return this.#read(command.key);
      case 'set':
        session.set(command.key, command.value);
        return this.#change(command);
      case 'delete':
        session.delete(command.key);
        return this.#change({ kind: 'delete', key: command.key });
      case 'clear':
        session.clear();
        return this.#change({ kind: 'clear' });
      case 'user':
        session.userId = command.userId;
        return this.#change(command);
      case 'lifetime':
        return this.#setLifetime(lifetimeOf(command.lifetime, this.around.clock.now()));
      case 'rotate':
        session.rotate();
        this.#isRotating = true;
        return;
      case 'update':
      case 'take':
        return this.#modify(command.key, command.kind === 'take');
      case 'save':
        return this.#commit(() => session.save());
      case 'reload':
        return this.#reload();
      case 'destroy':
        return this.#destroy();
      case 'wait':
        return this.around.store.advance(command.spanMs);
      default:
        return command satisfies never;
    }
  }

  #change(change: Change): void {
    this.#changes = [...this.#changes, change];
  }

  #setLifetime(lifetime: SessionLifetime): void {
    this.#session.setLifetime(lifetime);
    this.#change({ kind: 'lifetime', rule: parseLifetime(lifetime, this.around.clock.now()) });
  }

  async #read(key: string): Promise<void> {
    await this.#ask(this.#step('read'), async (step) => {
      const value = await this.#session.get(key);
      const isRight = ({ data }: Content) => data[key] === value;
      this.around.judge.read(step, this.#since, isRight);
    });
  }

  async #modify(key: string, isTake: boolean): Promise<void> {
    const change: Change = isTake ? { kind: 'delete', key } : { kind: 'increment', key };
    let value: unknown;
    const modify = async (): Promise<void> => {
      value = isTake
        ? await this.#session.take(key)
        : await this.#session.update(key, (current = 0) => current + 1);
    };
    const step = this.#step('commit', [...this.#changes, change]);
    if (!(await this.#commit(modify, step))) return;
    this.around.judge.modified(step, key, { isTake, value });
  }

  /** Resolves to whether the commit was acknowledged; its changes wait for the next one otherwise. */
  async #commit(
    commit: () => Promise<unknown> | undefined,
    step: Step = this.#step('commit'),
  ): Promise<boolean> {
    const told = this.#hand();
    const isDone = await this.#ask(step, async () => {
      await commit();
      this.hasCommitted = true;
      const id = this.id;
      const keyNow = id === undefined ? undefined : storeKeyOf(id);
      if (told.isRotation || step.changes.length > 0) {
        this.around.judge.committed(step, this.#since, keyNow);
      }
      if (keyNow !== undefined && keyNow !== this.key) this.#own(keyNow);
      this.#since = step.wroteAt ?? this.#since;
    });
    if (!isDone) this.#takeBack(told);
    return isDone;
  }

  async #reload(): Promise<void> {
    this.#hand();
    const step = this.#step('read');
    const isLive = this.id !== undefined;
    const isDone = await this.#ask(step, () => this.#session.reload());
    if (isLive && isDone) this.#since = step.beganAt.instant;
  }

  async #destroy(): Promise<void> {
    const { isRotation } = this.#hand();
    const step = this.#step('destroy');
    const isDone = await this.#ask(step, async () => {
      await this.#session.destroy();
      this.hasCommitted = true;
      this.around.judge.destroyed(step);
    });
    if (isDone) this.key = undefined;
    else this.#isRotating = isRotation;
  }

  async #ask(step: Step, task: (step: Step) => Promise<void>): Promise<boolean> {
    try {
      await during(step, () => task(step));
      return true;
    } catch (error) {
      this.around.judge.refused(step, this.#since, error);
      this.#wasRefused = true;
      if (SessionError.is(error, 'SESSION_GONE')) this.hasCommitted = false;
      return false;
    }
  }

  #hand(): Told {
    const told = { changes: this.#changes, isRotation: this.#isRotating };
    this.#changes = [];
    this.#isRotating = false;
    return told;
  }

  #takeBack({ changes, isRotation }: Told): void {
    this.#changes = changes;
    this.#isRotating = isRotation;
  }

  #own(key: string): void {
    this.key = key;
    this.#ownKeys.add(key);
  }

  #step(kind: Step['kind'], changes = this.#changes): Step {
    const beganAt = { instant: this.around.ledger.instant, now: this.around.clock.now() };
    const request = { key: this.key, isLive: this.id !== undefined, ownKeys: this.#ownKeys };
    const step = new Step({ kind, request, changes, isRotation: this.#isRotating, beganAt });
    step.isDisturbed = this.#wasRefused;
    return step;
  }
}
