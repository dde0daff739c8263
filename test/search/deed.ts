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
