import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { copyHeaders, type HeaderHolder, restoreHeaders } from './answer-headers.js';
import { closeUnlessRead } from './hold-policy.js';
import { reasonOf } from './response-head.js';

/**
 * The commit that an interceptor makes for a handler over HTTP. Where it fails, Nest gets to know, and what the handler
 * made of the response is taken back: a filter answers, or an interceptor.
 *
 * @internal
 */
export class HandlerCommit {
  #underWay: Promise<unknown> | undefined;
  #hasFailed = false;
  #restoreHeaders: () => void = () => undefined;
  piped: Readable | undefined;

  constructor(private readonly response: ServerResponse) {}

  /** The commit, while it goes on. */
  get underWay(): Promise<unknown> | undefined {
    return this.#underWay;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Notes what headers there are but for these, so that of those to come nothing outlives a failure. */
  noteHeaders(holder: HeaderHolder, but: ReadonlySet<string>): void {
    if (this.response.headersSent) return;
    const before = copyHeaders(holder, but);
    this.#restoreHeaders = () => restoreHeaders(holder, this.response, before);
  }

  watch(commit: Promise<unknown>, onFailure: () => void): Promise<unknown> {
    this.#underWay = this.#settle(commit, onFailure);
    return this.#underWay;
  }

  /** A head that is being held cannot be changed: then it is taken back when it is let go. */
  takeBack(): void {
    const { response, piped } = this;
    if (response.headersSent) return;
    this.#restoreHeaders();
    if (reasonOf(response)) response.statusMessage = '';
    piped?.unpipe(response);
    if (piped) closeUnlessRead(piped);
  }

  async #settle(commit: Promise<unknown>, onFailure: () => void): Promise<void> {
    try {
      await commit;
    } catch (error) {
      this.#hasFailed = true;
      onFailure();
      this.takeBack();
      throw error;
    } finally {
      this.#underWay = undefined;
    }
  }
}
