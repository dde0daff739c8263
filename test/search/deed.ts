import { SessionError } from '../../lib/core/errors/session-errors.js';
import type { Command } from './script.js';

/** What a request asked for, and what it was told of it. */
export interface Deed {
  readonly kind: Command;
  readonly by: string;
  readonly key: string | undefined;
  /** What it stores. */
  readonly value: number | undefined;
  /** By the steps of the execution: from the start of its request to its answer. */
  readonly began: number;
  ended: number;
  /** `open` before it was answered; `unknown` after a 503, `refused` after a 409, `discarded` as the handler failed. */
  outcome: 'open' | 'acknowledged' | 'unknown' | 'refused' | 'discarded';
  /** What an acknowledged command resolved to. */
  answer: unknown;
}

/** All that one request asked for. */
export class DeedBook {
  readonly deeds: Deed[] = [];
  /** Changes that are not committed yet. */
  open: readonly Deed[] = [];
  /** Whether a commit was answered with a 503: it may have happened. */
  hadDoubt = false;
  began = 0;

  constructor(
    private readonly by: string,
    private readonly step: () => number,
  ) {}

  change(kind: Command, key?: string, value?: number): void {
    this.open = [...this.open, this.#note(kind, key, value)];
  }

  /** What it acknowledges, it acknowledges with all that was changed before. */
  async commit(
    kind: Command,
    key: string | undefined,
    task: () => Promise<unknown>,
  ): Promise<void> {
    await this.ask(kind, key, task);
    this.settle('acknowledged');
  }

  async ask(kind: Command, key: string | undefined, task: () => Promise<unknown>): Promise<void> {
    const deed = this.#note(kind, key);
    try {
      deed.answer = await task();
      deed.outcome = 'acknowledged';
    } catch (error) {
      const isInDoubt = SessionError.is(error, 'SESSION_STORE_UNAVAILABLE');
      this.hadDoubt ||= isInDoubt;
      deed.outcome = isInDoubt ? 'unknown' : 'refused';
      throw error;
    } finally {
      deed.ended = this.step();
    }
  }

  settle(outcome: Deed['outcome']): void {
    for (const deed of this.open) Object.assign(deed, { outcome, ended: this.step() });
    this.open = [];
  }

  /** The answer is sent. */
  close(status: number): void {
    if (status < 400) return this.settle('acknowledged');
    if (status === 503 || this.hadDoubt) return this.settle('unknown');
    this.settle(status === 409 ? 'refused' : 'discarded');
  }

  /** Who was signed in last. */
  get signedIn(): string | undefined {
    return this.deeds.findLast(({ kind }) => kind.startsWith('sign in'))?.kind.slice(8);
  }

  #note(kind: Command, key?: string, value?: number): Deed {
    const { by, began } = this;
    const told = { ended: Infinity, outcome: 'open', answer: undefined } as const;
    const deed: Deed = { kind, by, key, value, began, ...told };
    this.deeds.push(deed);
    return deed;
  }
}
