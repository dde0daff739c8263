import type { ServerResponse } from 'node:http';
import type { WriteHeadArguments } from './response-head.js';

/**
 * The methods by which a response is written to: where every way of answering ends up.
 *
 * @internal
 */
export type Writers = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>;

/**
 * Gets the calls that are meant for a response, with their arguments as a list.
 *
 * @internal
 */
export interface Interception {
  writeHead(args: WriteHeadArguments): ServerResponse;
  write(args: readonly unknown[]): boolean;
  end(args: readonly unknown[]): ServerResponse;
  flushHeaders(): void;
}

const slot = Symbol('nestjs-sessions');
type Patched = ServerResponse & { [slot]: PatchedResponse };

/**
 * Node's own response with methods that an interception may take over. Without one, a call goes straight to Node.
 *
 * It is patched before anybody knows whether the response needs it: Express makes the response an object of another
 * class, and adding methods after that takes far longer.
 *
 * @internal
 */
export class PatchedResponse {
  readonly #writers: Writers;
  interception: Interception | undefined;
  /** Whoever patched it, to be found by the response. */
  owner: object | undefined;

  private constructor(readonly response: ServerResponse) {
    // oxlint-disable-next-line typescript/unbound-method -- they are called by way of Reflect.apply
    const { writeHead, write, end, flushHeaders } = response;
    this.#writers = { writeHead, write, end, flushHeaders };
    patch(response, this);
  }

  /** A response is patched once, whoever asks for it: one patch over another would call itself. */
  static of(response: ServerResponse): PatchedResponse {
    return (response as Patched)[slot] ?? new PatchedResponse(response);
  }

  /** Calls Node's own method, or what stood in front of it when the response was patched. */
  call<M extends keyof Writers>(method: M, args: readonly unknown[]): ReturnType<Writers[M]> {
    return Reflect.apply(this.#writers[method], this.response, args) as ReturnType<Writers[M]>;
  }

  /**
   * The same, while what Node calls in turn (`writeHead`, and over HTTP/2 `write`) passes by those that wrapped it later:
   * they had their turn before the call was held.
   */
  callPastWrappers<M extends keyof Writers>(method: M, args: readonly unknown[]): unknown {
    const { response } = this;
    // oxlint-disable-next-line typescript/unbound-method -- it is put back
    const { writeHead, write } = response;
    Object.assign(response, { writeHead: this.#writers.writeHead, write: this.#writers.write });
    try {
      return this.call(method, args);
    } finally {
      Object.assign(response, { writeHead, write });
    }
  }
}

/** By functions that all responses share: closures of each response would outlive it until a full collection. */
function patch(response: ServerResponse, patched: PatchedResponse): void {
  (response as Patched)[slot] = patched;
  response.writeHead = writeHead;
  response.write = write as Writers['write'];
  response.end = end as Writers['end'];
  response.flushHeaders = flushHeaders;
}

function writeHead(this: Patched, ...args: WriteHeadArguments): ServerResponse {
  const patched = this[slot];
  const { interception } = patched;
  return interception ? interception.writeHead(args) : patched.call('writeHead', args);
}

function write(this: Patched, ...args: unknown[]): boolean {
  const patched = this[slot];
  return patched.interception ? patched.interception.write(args) : patched.call('write', args);
}

function end(this: Patched, ...args: unknown[]): ServerResponse {
  const patched = this[slot];
  return patched.interception ? patched.interception.end(args) : patched.call('end', args);
}

function flushHeaders(this: Patched): void {
  const patched = this[slot];
  if (patched.interception) patched.interception.flushHeaders();
  else patched.call('flushHeaders', []);
}
