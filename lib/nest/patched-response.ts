import type { ServerResponse } from 'node:http';
import type { WriteHeadArguments } from './response-headers.js';

/**
 * The methods that write to a response: every way of answering ends up in one of them.
 *
 * @internal
 */
export type Writers = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders'>;

/**
 * Receives the calls made on a response, with their arguments as an array.
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
 * Node's response with methods that an interception can take over. Without an interception, calls go straight to Node.
 *
 * Every response is patched up front, needed or not: Express changes the prototype of the response, and adding methods
 * after that takes far longer.
 *
 * @internal
 */
export class PatchedResponse {
  readonly #writers: Writers;
  interception: Interception | undefined;
  /** The object that requested the patch, so that it can be found through the response. */
  owner: object | undefined;

  private constructor(readonly response: ServerResponse) {
    // oxlint-disable-next-line typescript/unbound-method -- they are called by way of Reflect.apply
    const { writeHead, write, end, flushHeaders } = response;
    this.#writers = { writeHead, write, end, flushHeaders };
    patch(response, this);
  }

  /** Patches a response at most once, since a second patch would call itself. */
  static of(response: ServerResponse): PatchedResponse {
    return (response as Patched)[slot] ?? new PatchedResponse(response);
  }

  /** Calls the method from before the patch: Node's own, or an earlier wrapper of it. */
  call<M extends keyof Writers>(method: M, args: readonly unknown[]): ReturnType<Writers[M]> {
    return Reflect.apply(this.#writers[method], this.response, args) as ReturnType<Writers[M]>;
  }

  /**
   * Like `call`, but Node's nested calls (`writeHead`, and over HTTP/2 `write`) bypass wrappers added after the patch.
   * Those wrappers ran before the call was held.
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

/** All responses share these functions: a closure per response would survive until a full garbage collection. */
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
