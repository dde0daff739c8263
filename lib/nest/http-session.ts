import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { readSessionIds } from '../cookie/cookie-header.js';
import { Session } from '../core/session/session.js';
import { SessionState } from '../core/session/session-state.js';
import type { RequestInfo } from '../core/session/session-phase.js';
import type { ResponseHooks, Refusal } from './response-hooks.js';
import { HandlerCommit } from './handler-commit.js';
import { HeaderSnapshot } from './header-snapshot.js';
import { HoldPolicy } from './hold-policy.js';
import { PatchedResponse } from './patched-response.js';
import { refusedAnswer } from './refused-answer.js';
import { runningSession } from './running-handler.js';
import { addCookie, withToken } from './response-headers.js';
import { type AdapterRequest, type Exchange, exchange, rawRequest } from './session-context.js';
import { cookieLine } from './session-cookie.js';
import type { SessionRuntime } from './session-runtime.js';

/** From this status on, the handler's uncommitted changes are discarded. @internal */
export const FIRST_SERVER_ERROR = 500;

/**
 * The session of one HTTP request: opened on first use, and committed before the response leaves.
 *
 * @internal
 */
export class HttpSession implements ResponseHooks, RequestInfo {
  #session: Session | undefined;
  #state: SessionState | undefined;
  readonly #patched: PatchedResponse | undefined;
  /** The headers that a response replacing the handler's starts from. */
  #headersBefore: HeaderSnapshot | undefined;
  #isPiped = false;
  #isEntered = false;
  #handler: HandlerCommit | undefined;
  /** The adapter's own request where available, since it applies the proxy settings. */
  request: AdapterRequest;
  readonly arrivedAt: number;

  constructor(
    readonly runtime: SessionRuntime,
    { request, response }: Pick<Exchange, 'request' | 'response'>,
  ) {
    this.request = request;
    this.arrivedAt = runtime.backend.now();
    this.#patched = response && PatchedResponse.of(response);
    if (this.#patched) this.#patched.owner = this;
  }

  /** The response that carries the cookie; undefined for a bare request without one. */
  get response(): ServerResponse | undefined {
    return this.#patched?.response;
  }

  get session(): Session {
    this.#session ??= this.#open();
    return this.#session;
  }

  get isUsed(): boolean {
    return this.#state?.isUsed ?? false;
  }

  /** Must be called before the handler runs, for example when a guard first asks for the session. */
  noteHeaders({ headers, response, ofHandler }: Exchange): void {
    if (headers && response)
      this.#headersBefore ??= new HeaderSnapshot(headers, response, ofHandler);
  }

  /** Claims the handler's commit; false if another interceptor already has. */
  enter(): boolean {
    if (this.#isEntered) return false;
    return (this.#isEntered = true);
  }

  /** Takes the snapshot again, since a guard may have triggered an earlier one and headers may have been set since. */
  beginHandler(exchange: Exchange): void {
    this.#headersBefore = undefined;
    this.noteHeaders(exchange);
    const { response } = this;
    this.#handler = response && new HandlerCommit(response, this.#headersBefore);
  }

  /**
   * Commits the handler's changes; undefined if there are none, or if the handler answers with a server error.
   */
  commit(): Promise<unknown> | undefined {
    const isVain = (this.response?.statusCode ?? 0) >= FIRST_SERVER_ERROR;
    const commit = isVain ? undefined : this.#state?.finish();
    if (!commit || !this.#handler) return commit;
    return this.#handler.watch(commit, () => this.#state?.forget());
  }

  /**
   * After a failed commit only filters and outer interceptors may answer, so writes of the handler itself are dropped.
   */
  get isMuted(): boolean {
    return this.#handler?.hasFailed === true && runningSession() === this;
  }

  hasWork(status: number): boolean {
    if (this.#handler?.underWay) return true;
    return status < FIRST_SERVER_ERROR && (this.#state?.isBusy ?? false);
  }

  beforeHeaders(status: number): Promise<unknown> | undefined {
    if (this.#handler?.underWay) return this.#handler.underWay;
    return this.hasWork(status) ? this.#state?.finish() : undefined;
  }

  onHeaders(response: ServerResponse): void {
    const state = this.#state;
    if (!state) return;
    if (response.statusCode >= FIRST_SERVER_ERROR) state.discard();
    state.closeCookie();
    if (isOver(response)) this.#finishAfterUse(state);
    if (!state.isUsed) return;
    response.setHeader('Vary', withToken(response.getHeader('Vary'), 'Cookie'));
    const line = cookieLine(state, this.request, this.runtime);
    if (line !== undefined) addCookie(response, line);
    if (line !== undefined || this.#handler?.hasFailed)
      response.setHeader('Cache-Control', 'no-store');
  }

  onRefusal(error: unknown): Refusal | undefined {
    if (this.#handler?.hasFailed) {
      this.#handler.undo();
      return undefined;
    }
    this.#giveUp(error);
    const line = this.#state && cookieLine(this.#state, this.request, this.runtime);
    return refusedAnswer(error, this.#headersBefore?.ofAnyAnswer ?? {}, line);
  }

  beforeEnd(): Promise<unknown> | undefined {
    return this.#state?.finish()?.catch((error: unknown) => this.#giveUp(error));
  }

  #open(): Session {
    const { settings, backend } = this.runtime;
    const ids = readSessionIds(rawRequest(this.request).headers.cookie, settings.cookie);
    this.#state = new SessionState(backend, ids, this);
    if (this.#patched) this.#guard(this.#patched, this.#state);
    else this.#state.closeCookie();
    return new Session(this.#state);
  }

  #guard(patched: PatchedResponse, state: SessionState): void {
    const { response } = patched;
    const policy = new HoldPolicy(patched, this);
    patched.interception = policy;
    if (policy.areHeadersOut) state.closeCookie();
    if (isOver(response)) this.#finishAfterUse(state);
    this.noteHeaders(exchange(this.request, response));
    response
      .on('close', () => this.#onClose(policy, state))
      .once('pipe', (source: Readable) => this.#onPipe(policy, source));
  }

  /**
   * A disconnect does not end the session's work: the running handler still answers, and the session is finished with
   * that response as with any other, although nobody receives it.
   */
  #onClose(policy: HoldPolicy, state: SessionState): void {
    if (policy.areHeadersOut) {
      void this.beforeEnd();
      this.#finishAfterUse(state);
    } else if (this.#isPiped) this.response?.flushHeaders();
  }

  /** Runs after the current turn, so that the application's own `save()` goes first and receives its error. */
  #finishAfterUse(state: SessionState): void {
    state.onUse = () => void setImmediate(() => void this.beforeEnd());
  }

  /**
   * A piped stream is an answer. A pipe into a closed response stops before it writes, so the headers are flushed here.
   */
  #onPipe(policy: HoldPolicy, source: Readable): void {
    this.#isPiped = true;
    if (this.#handler) this.#handler.piped = source;
    if (this.response?.destroyed && !policy.areHeadersOut) this.response.flushHeaders();
  }

  /** Discards the changes, so that a failure is logged once and not retried when the response ends or closes. */
  #giveUp(error: unknown): void {
    this.#state?.discard();
    this.runtime.reportFailure(error);
  }
}

/** Over HTTP/2, `writableFinished` alone is true from the start in a response to a HEAD request. */
function isOver(response: ServerResponse): boolean {
  return response.destroyed || (response.writableEnded && response.writableFinished);
}
