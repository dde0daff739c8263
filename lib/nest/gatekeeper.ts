import type { ServerResponse } from 'node:http';
import type { OtherHead } from './response-head.js';

/**
 * Says what a response waits for.
 *
 * @internal
 */
export interface Gatekeeper {
  /** Whether the head is to carry headers of the session. */
  readonly isUsed: boolean;
  /** Whether a head of that status would have to wait. */
  hasWork(status: number): boolean;
  /** What must be done before a head of that status may leave, or undefined when nothing is. */
  beforeHead(status: number): Promise<unknown> | undefined;
  /** Adds headers; nothing is awaited any more. */
  onHead(response: ServerResponse): void;
  /**
   * The answer that leaves in place of the one that was held, when that one cannot; undefined when that one is dropped and
   * somebody else answers.
   */
  onRefusal(error: unknown): Refusal | undefined;
  /** Whether what is being written comes from somebody who may not answer any more. */
  readonly isMuted: boolean;
  /** What must be done before the body ends, the head being out. Does not reject. */
  beforeEnd(): Promise<unknown> | undefined;
}

/** @internal */
export interface Refusal extends OtherHead {
  readonly body: string;
}
