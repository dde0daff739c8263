import { setTimeout as pause } from 'node:timers/promises';
import type { Crew } from './crew.js';
import type { Plan, Step } from './plan.js';
import type { Reply } from './session-visitor.js';
import type { SessionOperation } from './session-model.js';

/** Of a session that nobody disturbs any more, an answer comes sooner or later. */
const MAX_READS = 20;
/** A store that refuses at once would else be asked all there is to ask in no time. */
const BACK_OFF_MS = 20;
const READ: Step = { action: { kind: 'get' }, isLate: false };

/**
 * The history of one session. An operation begins when this process sends it off and ends when its answer is here, so
 * that one clock tells the order of them all, whichever process does them.
 */
export class Recording {
  readonly operations: SessionOperation[] = [];
  #now = 0;

  private constructor(
    private readonly crew: Crew,
    private readonly id: string,
  ) {}

  static async of(crew: Crew): Promise<Recording> {
    return new Recording(crew, await crew.createSession());
  }

  async carryOut(plan: Plan): Promise<void> {
    await Promise.all(
      plan.map(async (steps, process) => {
        for (const step of steps) {
          if (!(await this.#record(process, step))) await pause(BACK_OFF_MS);
        }
      }),
    );
  }

  /** What each process finds in the end; what was acknowledged has to be there. */
  async readAll(): Promise<void> {
    for (let process = 0; process < this.crew.size; process++) {
      for (let read = 0; read < MAX_READS; read++) {
        if (await this.#record(process, READ)) break;
      }
    }
  }

  /** Resolves to whether an answer came. */
  async #record(process: number, step: Step): Promise<boolean> {
    const beganAt = this.#now++;
    const reply = await this.crew.act(process, this.id, step);
    this.#add({ process, action: step.action, beganAt, endedAt: this.#now++ }, reply);
    return reply !== 'unknown';
  }

  #add(operation: SessionOperation, reply: Reply): void {
    switch (reply) {
      case 'refused':
        return;
      case 'unknown':
        return void this.operations.push({ ...operation, endedAt: Infinity });
      case 'gone':
        this.#add(operation, 'unknown');
        return this.#add({ ...operation, action: { kind: 'get' } }, 'absent');
      default:
        this.operations.push({ ...operation, answer: reply });
    }
  }
}
