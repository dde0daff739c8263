import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Crew } from './crew.js';
import { type Plan, random, type Step } from './plan.js';
import type { Action, SessionOperation } from './session-model.js';
import { SharedClock } from './shared-clock.js';
import type { Outcome, Reply } from './visitor-request.js';

/** Of a session that nobody disturbs any more, an answer comes sooner or later. */
const MAX_READS = 20;
/** A store that refuses at once would else be asked all there is to ask in no time. */
const BACK_OFF_MS = 20;
const READ: Step = { action: { kind: 'get' }, isLate: false };

/**
 * The history of one session, and the browser that uses it: its requests go to all processes, and the cookies of the
 * responses that arrive come with the requests after them. An operation begins when this process sends it off and ends
 * when its answer is here, so that one clock tells the order of them all, whichever process does them.
 */
export class Recording {
  readonly operations: SessionOperation[] = [];
  /** The rotation that each id came of, as in the actions. */
  readonly #rotations: Map<string, number>;
  readonly #clock = new SharedClock();
  readonly #kept: Set<string>;
  #cookie: string;
  #now = 1;
  #lost = 0;
  /** The id that the last rotation gave, whether its response arrived or not. */
  #rotated: string | undefined;

  private constructor(
    private readonly crew: Crew,
    private readonly plan: Plan,
    private readonly name: string,
    cookie: string,
  ) {
    this.#cookie = cookie;
    this.#kept = new Set([cookie]);
    this.#rotations = new Map([[cookie, 0]]);
  }

  static async of(crew: Crew, plan: Plan): Promise<Recording> {
    const name = randomUUID();
    return new Recording(crew, plan, name, await crew.createSession(name));
  }

  /** What happened to the ids of the session. */
  get ids(): { renewed: number; rotated: number; lost: number } {
    const rotated = new Set(this.#rotations.values()).size - 1;
    return { renewed: this.#rotations.size - 1 - rotated, rotated, lost: this.#lost };
  }

  async carryOut(): Promise<void> {
    await Promise.all(
      this.plan.steps.map(async (steps, process) => {
        for (const step of steps) {
          if (!(await this.#record(process, step))) await pause(BACK_OFF_MS);
        }
      }),
    );
  }

  /** What each process finds in the end; what was acknowledged has to be there. */
  async readAll(): Promise<void> {
    for (let process = 0; process < this.crew.size; process++) {
      await this.#read(process);
      if (this.#isMissed) await this.#read(process, this.#rotated);
    }
  }

  /** Whether the browser has not come to know of the last rotation. */
  get #isMissed(): boolean {
    const rotation = this.#rotations.get(this.#rotated ?? this.#cookie);
    return rotation !== this.#rotations.get(this.#cookie);
  }

  async #read(process: number, cookie?: string): Promise<void> {
    for (let read = 0; read < MAX_READS; read++) {
      if (await this.#record(process, READ, cookie)) return;
    }
  }

  /** Resolves to whether an answer came. */
  async #record(process: number, step: Step, cookie = this.#cookie): Promise<boolean> {
    const beganAt = this.#now++;
    const { name } = this;
    const reply = await this.#clock.during((aheadMs) =>
      this.crew.act(process, { name, cookie, step, aheadMs }),
    );
    const { outcome, presented } = reply;
    const action: Action = { ...step.action, under: this.#rotations.get(presented)! };
    const numbered = action.kind === 'rotate' ? { ...action, to: beganAt } : action;
    this.#add({ process, action: numbered, beganAt, endedAt: this.#now++ }, outcome);
    this.#receive(numbered, reply);
    return outcome !== 'unknown' && outcome !== 'refused';
  }

  #receive({ kind, under, to }: Action, { outcome, cookie }: Reply): void {
    const isAnswered = typeof outcome === 'number' || outcome === 'done';
    if (isAnswered) {
      if (kind === 'update' || kind === 'rotate') this.#clock.noteWrite();
      this.#clock.advance(random(0, this.plan.paceMs));
    }
    // Of what became of a login that failed, its response says nothing.
    if (cookie === undefined || (kind === 'rotate' && !isAnswered)) return;
    if (!this.#rotations.has(cookie)) this.#rotations.set(cookie, to ?? under!);
    if (kind === 'rotate') this.#rotated = cookie;
    if (Math.random() < this.plan.lostCookies) this.#lost++;
    else this.#keep(cookie);
  }

  /** A response that is two renewals late is no subject here: the browser goes back to no id that it had. */
  #keep(cookie: string): void {
    if (!this.#kept.has(cookie)) this.#cookie = cookie;
    this.#kept.add(cookie);
  }

  #add(operation: SessionOperation, outcome: Outcome): void {
    switch (outcome) {
      case 'refused':
        return;
      case 'unknown':
        return void this.operations.push({ ...operation, endedAt: Infinity });
      case 'gone':
        this.#add(operation, 'unknown');
        return this.#add(
          { ...operation, action: { kind: 'get', under: operation.action.under ?? 0 } },
          'absent',
        );
      default:
        this.operations.push({ ...operation, answer: outcome });
    }
  }
}
