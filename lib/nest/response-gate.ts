import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import {
  coverEnd,
  divert,
  type Listener,
  type StandIn,
  type Writers,
  writersOf,
} from './diverted-writers.js';
import {
  applyHead,
  type OtherHead,
  replaceHead,
  type WriteHeadArguments,
} from './response-head.js';
import { sealHead } from './sealed-head.js';

/**
 * Decides what a response waits for.
 *
 * @internal
 */
export interface Gatekeeper {
  /** What must be done before a head of that status may leave, or undefined when nothing is. */
  beforeHead(status: number): Promise<unknown> | undefined;
  /** Adds headers; nothing is awaited any more. */
  onHead(response: ServerResponse): void;
  /**
   * The answer that goes out in place of the one that was held, when what it waited for failed; undefined when that one
   * is dropped and somebody else answers.
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

/**
 * Holds back the head of a response, and all that follows it, until its gatekeeper lets it out.
 *
 * Works on Node's response itself, where every way of answering ends up: adapters, `@Res()`, streams, raw writes. To
 * the rest of the application a held response looks sent, so that nobody answers twice. Without a gatekeeper, and with
 * nothing to wait for, calls go straight through.
 *
 * It is put in place before anybody knows whether the response will have one: Express makes the response an object of
 * another class, and adding methods to it after that takes far longer.
 *
 * @internal
 */
export class ResponseGate implements StandIn {
  readonly #original: Writers;
  #keeper: Gatekeeper | undefined;
  #isHeadOut = false;
  #isEnded = false;
  /** What the application still writes then, not knowing, goes nowhere. */
  #isRefused = false;
  #held: (() => unknown)[] | undefined;
  #waiting: Listener[] = [];

  constructor(readonly response: ServerResponse) {
    this.#original = writersOf(response);
    divert(response, this);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isHeadOut(): boolean {
    return this.#isHeadOut;
  }

  /** From now on, what leaves is up to the gatekeeper. */
  guard(keeper: Gatekeeper): void {
    this.#keeper = keeper;
    this.#isHeadOut = this.response.headersSent;
    this.#isEnded = this.response.writableEnded;
  }

  writeHead(args: WriteHeadArguments): ServerResponse {
    // Node's own writing methods come by here once the head is out, by way of `_implicitHeader`.
    if (!this.#keeper || this.#isHeadOut) return this.#call('writeHead', args);
    if (this.#keeper.isMuted) return this.response;
    if (!this.#held) applyHead(this.response, args);
    return this.#pass(() => this.#call('writeHead', [this.response.statusCode]), this.response);
  }

  write(args: Parameters<Writers['write']>): boolean {
    if (this.#isRefused || this.#keeper?.isMuted) return true;
    return this.#pass(() => this.#call('write', args), false);
  }

  end(args: Parameters<Writers['end']>): ServerResponse {
    if (!this.#keeper) return this.#call('end', args);
    if (this.#isEnded || this.#keeper.isMuted) return this.response;
    this.#isEnded = true;
    const end = (): ServerResponse => this.#call('end', args);
    const late = this.#isHeadOut ? this.#keeper.beforeEnd() : undefined;
    if (!late) return this.#pass(end, this.response);
    void late.then(end);
    return this.response;
  }

  flushHeaders(): void {
    if (!this.#keeper?.isMuted) this.#pass(() => this.#call('flushHeaders', []), undefined);
  }

  /** Notes who waits for a held response to go on: a compressor keeps them from it, for a stream of its own. */
  on(event: string | symbol, listener: Listener): ServerResponse {
    if (this.#held && event === 'drain') this.#waiting.push(listener);
    return this.#call('on', [event, listener]);
  }

  #call<M extends keyof Writers>(method: M, args: readonly unknown[]): ReturnType<Writers[M]> {
    return Reflect.apply(this.#original[method], this.response, args) as ReturnType<Writers[M]>;
  }

  /** Makes the call now, or once the head may leave; `meanwhile` is what its caller gets until then. */
  #pass<T>(call: () => T, meanwhile: T): T {
    if (this.#held) {
      this.#held.push(call);
      return meanwhile;
    }
    if (!this.#keeper || this.#isHeadOut) return call();
    const pending = this.#keeper.beforeHead(this.response.statusCode);
    if (!pending) {
      this.#letHeadOut(this.#keeper);
      return call();
    }
    this.#hold(pending, call, this.#keeper);
    return meanwhile;
  }

  #hold(pending: Promise<unknown>, call: () => unknown, keeper: Gatekeeper): void {
    const held = [call];
    const unseal = sealHead(this.response);
    this.#held = held;
    coverEnd(this.response);
    pending
      .then(
        () => this.#release(held, unseal, keeper),
        (error: unknown) => this.#refuse(unseal, () => keeper.onRefusal(error)),
      )
      .catch((error: Error) => this.response.destroy(error));
  }

  #release(held: readonly (() => unknown)[], unseal: () => void, keeper: Gatekeeper): void {
    this.#held = undefined;
    unseal();
    this.#letHeadOut(keeper);
    for (const call of held) call();
    if (!this.#isEnded && !this.response.writableNeedDrain) this.#resume();
  }

  /** Calls back who was told to wait, by a write that answered false. */
  #resume(): void {
    const { response } = this;
    const known = response.rawListeners('drain');
    const kept = this.#waiting.filter((listener) => !known.includes(listener));
    response.emit('drain');
    for (const listener of kept) listener.call(response);
  }

  #refuse(unseal: () => void, decide: () => Refusal | undefined): void {
    this.#held = undefined;
    unseal();
    const refusal = decide();
    this.#isEnded = false;
    if (!refusal) return;
    this.#isHeadOut = true;
    this.#isEnded = true;
    replaceHead(this.response, refusal);
    this.#call('on', ['unpipe', closeUnlessRead]);
    this.#call('end', [refusal.body]);
    this.#isRefused = true;
  }

  #letHeadOut(keeper: Gatekeeper): void {
    this.#isHeadOut = true;
    keeper.onHead(this.response);
  }
}

/** A source that waits for a refused response to go on would stay open, and a file with it. @internal */
export function closeUnlessRead(source: Readable): void {
  if (source.listenerCount('data') === 0) source.destroy();
}
