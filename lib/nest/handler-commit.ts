import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { HeaderSnapshot } from './header-snapshot.js';
import { closeUnlessRead } from './refused-pipe.js';
import { reasonPhraseOf } from './response-headers.js';

/**
 * The commit of an HTTP handler. If it fails, the error goes to Nest and the handler's changes to the response are
 * undone, so that an exception filter or an outer interceptor can answer.
 *
 * @internal
 */
export class HandlerCommit {
  #underWay: Promise<unknown> | undefined;
  #hasFailed = false;
  piped: Readable | undefined;

  /** @param headersBefore the headers as they were before the handler ran */
  constructor(
    private readonly response: ServerResponse,
    private readonly headersBefore: HeaderSnapshot | undefined,
  ) {}

  /** The commit while it is pending. */
  get underWay(): Promise<unknown> | undefined {
    return this.#underWay;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  watch(commit: Promise<unknown>, onFailure: () => void): Promise<unknown> {
    this.#underWay = this.#settle(commit, onFailure);
    return this.#underWay;
  }

  /** Held headers are frozen, and look sent. They are undone when `onRefusal` calls this again. */
  undo(): void {
    const { response, piped } = this;
    if (response.headersSent) return;
    this.headersBefore?.restore();
    if (reasonPhraseOf(response)) response.statusMessage = '';
    piped?.unpipe(response);
    if (piped) closeUnlessRead(piped);
  }

  async #settle(commit: Promise<unknown>, onFailure: () => void): Promise<void> {
    try {
      await commit;
    } catch (error) {
      this.#hasFailed = true;
      onFailure();
      this.undo();
      throw error;
    } finally {
      this.#underWay = undefined;
    }
  }
}
