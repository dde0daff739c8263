import { Session } from '../core/session/session.js';
import { SessionState } from '../core/session/session-state.js';
import type { RequestInfo, SessionBackend } from '../core/session/session-phase.js';

/**
 * How a message identifies its session.
 *
 * @internal
 */
export interface MessageOrigin {
  /** The well-formed ids that the message presents; undefined if it presents nothing at all. */
  readonly ids: () => readonly string[] | undefined;
  /** The handshake request; undefined for a microservice message. */
  readonly request?: object;
}

/**
 * The session of one message to a gateway or a microservice. A message cannot set a cookie, so its handler can neither
 * start a session nor change its id.
 *
 * @internal
 */
export class MessageSession implements RequestInfo {
  #session: Session | undefined;
  #state: SessionState | undefined;
  readonly arrivedAt: number;

  constructor(
    private readonly backend: SessionBackend,
    private readonly args: readonly unknown[],
    private readonly origin: MessageOrigin,
  ) {
    this.arrivedAt = backend.now();
  }

  get request(): object | undefined {
    return this.origin.request;
  }

  get session(): Session {
    this.#session ??= this.#open();
    return this.#session;
  }

  /** Whether a context belongs to this message: Nest gives each context its own array of the same arguments. */
  hasArguments(args: readonly unknown[]): boolean {
    return args.length === this.args.length && args.every((arg, at) => arg === this.args[at]);
  }

  /** Commits the changes; undefined if there are none, or if all of them have been refused before. */
  commit(): Promise<unknown> | undefined {
    return this.#state?.pending.isRefused ? undefined : this.#state?.finish();
  }

  #open(): Session {
    this.#state = new SessionState(this.backend, this.origin.ids(), this);
    this.#state.closeCookie();
    return new Session(this.#state);
  }
}
