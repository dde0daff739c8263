import type { ServerResponse } from 'node:http';
import type { OtherHeaders } from './response-headers.js';

/**
 * The hooks by which a held response asks what to wait for.
 *
 * @internal
 */
export interface ResponseHooks {
  /** Whether the response needs headers of the session. */
  readonly isUsed: boolean;
  /** Whether headers with that status would have to wait. */
  hasWork(status: number): boolean;
  /** Work to finish before headers with that status are sent, or undefined if there is none. */
  beforeHeaders(status: number): Promise<unknown> | undefined;
  /** Adds headers, synchronously, just before they are sent. */
  onHeaders(response: ServerResponse): void;
  /**
   * The response to send in place of the held one, which is dropped; undefined if Nest's exception handling answers.
   */
  onRefusal(error: unknown): Refusal | undefined;
  /** Whether the current writer may no longer answer, so that its calls are dropped. */
  readonly isMuted: boolean;
  /** Work to finish before the body ends, once the headers have been sent. Does not reject. */
  beforeEnd(): Promise<unknown> | undefined;
}

/** @internal */
export interface Refusal extends OtherHeaders {
  readonly body: string;
}
