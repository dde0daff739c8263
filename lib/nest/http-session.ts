import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { readSessionIds } from '../cookie/cookie-header.js';
import { clearCookie, issueCookie } from '../cookie/set-cookie.js';
import { Session } from '../core/session.js';
import { SessionState } from '../core/session-state.js';
import type { Asker, SessionBackend } from '../core/standing.js';
import { addCookie, appendToken, type HeaderHolder, isCorsHeader } from './answer-headers.js';
import { HandlerCommit } from './handler-commit.js';
import { type Gatekeeper, type Refusal, ResponseGate } from './response-gate.js';
import { runningSession } from './running-handler.js';
import { type AdapterRequest, type Exchange, rawRequest } from './session-context.js';
import { toHttpException } from './session-exception.mapper.js';
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
  readonly #gate: ResponseGate | undefined;
  #isPiped = false;
  #isEntered = false;
  #handler: HandlerCommit | undefined;
  /** The adapter's own request where one was seen: it knows of proxies. */
  request: AdapterRequest;
  readonly arrivedAt: number;

  constructor(
    readonly host: HttpSessionHost,
    { request, response }: Exchange,
  ) {
    this.request = request;
    this.arrivedAt = host.backend.now();
    this.#gate = response && new ResponseGate(response);
  }

  /** The response that the session is finished with; a gateway has none. */
  get response(): ServerResponse | undefined {
    return this.#gate?.response;
  }

  get session(): Session {
    this.#session ??= this.#open();
    return this.#session;
  }

  /** Claims the commit of the handler; false where another interceptor has. */
  enter(): boolean {
    if (this.#isEntered) return false;
    return (this.#isEntered = true);
  }

  /** Notes what headers an answer has before its handler runs, but for those that its decorators set. */
  noteHeaders(holder: HeaderHolder, ofHandler: ReadonlySet<string>): void {
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

  beforeHead(status: number): Promise<unknown> | undefined {
    if (this.#handler?.underWay) return this.#handler.underWay;
    if (status < FIRST_SERVER_ERROR) return this.#state?.finish();
    this.#state?.discard();
    return undefined;
  }

  onHead(response: ServerResponse): void {
    const state = this.#state;
    if (!state?.isUsed) return;
    appendToken(response, 'Vary', 'Cookie');
    const line = this.#cookieLine(state);
    if (line !== undefined) {
      addCookie(response, line);
      response.setHeader('Cache-Control', 'no-store');
    }
    if (this.#handler?.hasFailed) response.setHeader('Cache-Control', 'no-store');
    state.closeCookie();
  }

  onRefusal(error: unknown): Refusal | undefined {
    if (this.#handler?.hasFailed) {
      this.#handler.takeBack();
      return undefined;
    }
    this.#giveUp(error);
    const exception = toHttpException(error);
    const line = this.#state && this.#cookieLine(this.#state);
    return {
      status: exception.getStatus(),
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
        Vary: 'Cookie',
        ...(line !== undefined && { 'Set-Cookie': line }),
      },
      body: JSON.stringify(exception.getResponse()),
      keeps: isCorsHeader,
    };
  }

  beforeEnd(): Promise<unknown> | undefined {
    return this.#state?.finish()?.catch((error: unknown) => this.#giveUp(error));
  }

  #open(): Session {
    const { settings, backend } = this.host;
    const ids = readSessionIds(rawRequest(this.request).headers.cookie, settings.cookie);
    this.#state = new SessionState(backend, ids, this);
    if (this.#gate) this.#guard(this.#gate);
    else this.#state.closeCookie();
    return new Session(this.#state);
  }

  #guard(gate: ResponseGate): void {
    const { response } = gate;
    gate.guard(this);
    if (response.headersSent) this.#state?.closeCookie();
    response
      .on('close', () => this.#onClose(gate))
      .once('pipe', (source: Readable) => this.#onPipe(gate, source));
  }

  /**
   * A client that goes away decides nothing: a handler at work still answers, and with its answer, which goes nowhere,
   * the session is finished as with any other.
   */
  #onClose(gate: ResponseGate): void {
    if (gate.isHeadOut) void this.beforeEnd();
    else if (this.#isPiped) gate.flushHeaders();
  }

  /** A stream is an answer. To a closed response none is written: whoever pipes stops first. */
  #onPipe(gate: ResponseGate, source: Readable): void {
    this.#isPiped = true;
    if (this.#handler) this.#handler.piped = source;
    if (gate.response.destroyed && !gate.isHeadOut) gate.flushHeaders();
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

/** @internal */
export function rememberHttpSession(request: AdapterRequest, session: HttpSession): void {
  (rawRequest(request) as Slotted)[slot] = session;
}
