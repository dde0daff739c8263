import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { readSessionIds } from '../cookie/cookie-header.js';
import { clearCookie, issueCookie } from '../cookie/set-cookie.js';
import { Session } from '../core/session.js';
import { SessionState } from '../core/session-state.js';
import type { Asker, SessionBackend } from '../core/standing.js';
import type { HeaderHolder } from './answer-headers.js';
import type { Gatekeeper, Refusal } from './gatekeeper.js';
import { HandlerCommit } from './handler-commit.js';
import { HoldPolicy } from './hold-policy.js';
import { PatchedResponse } from './patched-response.js';
import { refusedAnswer } from './refused-answer.js';
import { runningSession } from './running-handler.js';
import { addCookie, withoutBodyHeaders, withToken } from './response-head.js';
import { type AdapterRequest, type Exchange, rawRequest } from './session-context.js';
import type { SessionSettings } from './session-settings.js';
import { type CookieLoser, cookieLoser } from './transport-security.js';

/** From here on the server is to blame, and what the handler changed does not count. */
const FIRST_SERVER_ERROR = 500;

/**
 * What all requests share.
 *
 * @internal
 */
export interface HttpSessionHost {
  readonly settings: SessionSettings;
  readonly backend: SessionBackend;
  of(context: ExecutionContext): Session;
  attach(context: ArgumentsHost): HttpSession | undefined;
  reportFailure(error: unknown): void;
  warnOfInsecureTransport(client: CookieLoser): void;
}

/**
 * The session of one HTTP request: made when somebody asks for it, and finished before the response leaves.
 *
 * @internal
 */
export class HttpSession implements Gatekeeper, Asker {
  #session: Session | undefined;
  #state: SessionState | undefined;
  readonly #patched: PatchedResponse | undefined;
  /** What a refused answer goes back to: the headers from before the handler. */
  #headersBefore: OutgoingHttpHeaders = {};
  #ofHandler: ReadonlySet<string> = new Set();
  hasNotedHeaders = false;
  #isPiped = false;
  #isEntered = false;
  #handler: HandlerCommit | undefined;
  /** The adapter's own request where one was seen: it knows of proxies. */
  request: AdapterRequest;
  readonly arrivedAt: number;

  constructor(
    readonly host: HttpSessionHost,
    { request, response }: Pick<Exchange, 'request' | 'response'>,
  ) {
    this.request = request;
    this.arrivedAt = host.backend.now();
    this.#patched = response && PatchedResponse.of(response);
    if (this.#patched) this.#patched.owner = this;
  }

  /** The response that the session is finished with; a gateway has none. */
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

  /**
   * To be called before the handler: a refused answer keeps the headers that stand there by then and none that come
   * later, nor those that `@Header()` gave the handler.
   */
  noteHeaders({ headers, ofHandler }: Exchange): void {
    if (!headers) return;
    this.#headersBefore = headers.getHeaders();
    this.#ofHandler = ofHandler;
    this.hasNotedHeaders = true;
  }

  /** Claims the commit of the handler; false where another interceptor has. */
  enter(): boolean {
    if (this.#isEntered) return false;
    return (this.#isEntered = true);
  }

  /** Notes what headers an answer has before its handler runs, but for those that its decorators set. */
  beginHandler(holder: HeaderHolder, ofHandler: ReadonlySet<string>): void {
    this.#handler = this.response && new HandlerCommit(this.response);
    this.#handler?.noteHeaders(holder, ofHandler);
  }

  /**
   * Writes what the handler changed; undefined where there is nothing to write, where it answers with an error of the
   * server's, and in a gateway where it has been refused before.
   */
  commit(): Promise<unknown> | undefined {
    const { response } = this;
    const isVain = response ? response.statusCode >= FIRST_SERVER_ERROR : this.#state?.isRefused;
    const commit = isVain ? undefined : this.#state?.finish();
    if (!commit || !this.#handler) return commit;
    return this.#handler.watch(commit, () => this.#state?.forget());
  }

  /** Nothing that a handler goes on to write may leave: the answer is up to those who get to know of the failure. */
  get isMuted(): boolean {
    return this.#handler?.hasFailed === true && runningSession() === this;
  }

  hasWork(status: number): boolean {
    if (this.#handler?.underWay) return true;
    return status < FIRST_SERVER_ERROR && (this.#state?.isBusy ?? false);
  }

  beforeHead(status: number): Promise<unknown> | undefined {
    if (this.#handler?.underWay) return this.#handler.underWay;
    return this.hasWork(status) ? this.#state?.finish() : undefined;
  }

  onHead(response: ServerResponse): void {
    const state = this.#state;
    if (!state) return;
    if (response.statusCode >= FIRST_SERVER_ERROR) state.discard();
    state.closeCookie();
    if (isOver(response)) this.#finishAfterUse(state);
    if (!state.isUsed) return;
    response.setHeader('Vary', withToken(response.getHeader('Vary'), 'Cookie'));
    const line = this.#cookieLine(state);
    if (line !== undefined) addCookie(response, line);
    if (line !== undefined || this.#handler?.hasFailed)
      response.setHeader('Cache-Control', 'no-store');
  }

  onRefusal(error: unknown): Refusal | undefined {
    if (this.#handler?.hasFailed) {
      this.#handler.takeBack();
      return undefined;
    }
    this.#giveUp(error);
    const line = this.#state && this.#cookieLine(this.#state);
    return refusedAnswer(error, withoutBodyHeaders(this.#headersBefore, this.#ofHandler), line);
  }

  beforeEnd(): Promise<unknown> | undefined {
    return this.#state?.finish()?.catch((error: unknown) => this.#giveUp(error));
  }

  #open(): Session {
    const { settings, backend } = this.host;
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
    if (policy.isHeadOut) state.closeCookie();
    if (isOver(response)) this.#finishAfterUse(state);
    if (!this.hasNotedHeaders) this.#headersBefore = response.getHeaders();
    response
      .on('close', () => this.#onClose(policy, state))
      .once('pipe', (source: Readable) => this.#onPipe(policy, source));
  }

  /**
   * A client that goes away decides nothing: a handler at work still answers, and with its answer, which goes nowhere,
   * the session is finished as with any other.
   */
  #onClose(policy: HoldPolicy, state: SessionState): void {
    if (policy.isHeadOut) {
      void this.beforeEnd();
      this.#finishAfterUse(state);
    } else if (this.#isPiped) this.response?.flushHeaders();
  }

  /** Leaves the turn to the application first, whose own `save()` is to get its error. */
  #finishAfterUse(state: SessionState): void {
    state.onUse = () => void setImmediate(() => void this.beforeEnd());
  }

  /** A stream is an answer. To a closed response none is written: whoever pipes stops first. */
  #onPipe(policy: HoldPolicy, source: Readable): void {
    this.#isPiped = true;
    if (this.#handler) this.#handler.piped = source;
    if (this.response?.destroyed && !policy.isHeadOut) this.response.flushHeaders();
  }

  #cookieLine({ cookie, standing, backend }: SessionState): string | undefined {
    const { settings } = this.host;
    if (cookie === 'clear') return clearCookie(settings.cookie);
    if (cookie === 'leave' || standing.kind !== 'live') return undefined;
    const loser = settings.cookie.secure ? cookieLoser(this.request) : undefined;
    if (loser) this.host.warnOfInsecureTransport(loser);
    const { lifetime, absoluteExpiresAt } = standing.record;
    const isPersistent = lifetime !== undefined && lifetime.kind !== 'browser';
    return issueCookie(
      settings.cookie,
      standing.id,
      isPersistent ? absoluteExpiresAt - backend.now() : undefined,
    );
  }

  /** One failure is one line in the log, and no further try when the response ends or closes. */
  #giveUp(error: unknown): void {
    this.#state?.discard();
    this.host.reportFailure(error);
  }
}

const slot = Symbol('nestjs-sessions');
type Slotted = IncomingMessage & { [slot]?: HttpSession };

/** @internal */
export function httpSessionOf(request: AdapterRequest): HttpSession | undefined {
  return (rawRequest(request) as Slotted)[slot];
}

/** The same by the response, where somebody hands out a request of their own with it. @internal */
export function httpSessionBehind(response: ServerResponse): HttpSession | undefined {
  return PatchedResponse.of(response).owner as HttpSession | undefined;
}

/** @internal */
export function rememberHttpSession(request: AdapterRequest, session: HttpSession): void {
  (rawRequest(request) as Slotted)[slot] = session;
}

function isOver(response: ServerResponse): boolean {
  return response.destroyed || response.writableFinished;
}
