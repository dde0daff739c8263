import type { ServerResponse } from 'node:http';
import { endedAlready, fail, type HeldCall } from './held-call.js';
import { closeUnlessRead, unpipe } from './refused-pipe.js';
import type { ResponseHooks } from './response-hooks.js';
import { refuseChunk, refuseHeaders, refuseSecondHeaders } from './node-checks.js';
import type { Interception, PatchedResponse, Writers } from './patched-response.js';
import {
  applyHeaders,
  freezeHeaders,
  replaceHeaders,
  type WriteHeadArguments,
} from './response-headers.js';

/**
 * Holds the headers and body of a response until the promise of its hooks resolves, and sends a refusal if it rejects.
 * Calls go straight to Node when the session has no work to finish.
 *
 * @internal
 */
export class HoldPolicy implements Interception {
  readonly #response: ServerResponse;
  #areHeadersOut: boolean;
  /** Whether `writeHead` is being called only to run its later wrappers (compressors, say), before a call is held. */
  #isKnocking = false;
  /** Whether one of Node's own methods is running: the `writeHead` it calls cannot be deferred. */
  #isInNode = false;
  #held: HeldCall[] | undefined;
  #heldStatus = 0;
  #refusal: { readonly reason: unknown } | undefined;

  constructor(
    private readonly patched: PatchedResponse,
    private readonly hooks: ResponseHooks,
  ) {
    this.#response = patched.response;
    this.#areHeadersOut = this.#response.headersSent;
  }

  get areHeadersOut(): boolean {
    return this.#areHeadersOut;
  }

  writeHead(args: WriteHeadArguments): ServerResponse {
    if (this.hooks.isMuted) return this.#response;
    if (this.#held) return this.#repeatHeaders(args);
    if (this.#areHeadersOut || !this.hooks.isUsed) return this.#letThrough(args);
    refuseHeaders(this.#response, args);
    applyHeaders(this.#response, args);
    const isHeld = this.#holdHeaders();
    if (isHeld && !this.#isKnocking) this.#keep('writeHead', [args[0]]);
    if (isHeld || this.#isKnocking) return this.#response;
    return this.patched.call('writeHead', [this.#response.statusCode]);
  }

  write(args: readonly unknown[]): boolean {
    if (this.hooks.isMuted) return this.#mute(args);
    return this.#mustKeep('write', args) ? this.#keep('write', args) : this.#pass('write', args);
  }

  end(args: readonly unknown[]): ServerResponse {
    if (this.hooks.isMuted) {
      this.#mute(args);
      return this.#response;
    }
    if (!this.#mustKeep('end', args)) return this.#pass('end', args);
    this.#keep('end', args);
    return this.#response;
  }

  flushHeaders(): void {
    if (this.hooks.isMuted) return;
    if (this.#mustKeep('flushHeaders', [])) this.#keep('flushHeaders', []);
    else this.#pass('flushHeaders', []);
  }

  /** Drops writes of a handler whose commit failed; its callbacks receive an error, as on a dead connection. */
  #mute(args: readonly unknown[]): false {
    fail(args, new Error('The session of this handler could not be written.'));
    return false;
  }

  #letThrough(args: WriteHeadArguments): ServerResponse {
    const response = this.patched.call('writeHead', args);
    if (!this.#areHeadersOut) this.#sendHeaders();
    return response;
  }

  /**
   * Node and other libraries call `writeHead` with the bare status while `headersSent` is false. After an end, a whole
   * second response is dropped: Fastify sends one when Nest 11 returns the value of a handler that has already
   * answered.
   */
  #repeatHeaders(args: WriteHeadArguments): ServerResponse {
    if (this.#held?.at(-1)?.method === 'end') return this.#response;
    if (args.length > 1 || args[0] !== this.#heldStatus) refuseSecondHeaders(this.#response);
    return this.#response;
  }

  #mustKeep(method: keyof Writers, args: readonly unknown[]): boolean {
    if (this.#held || this.#refusal) return true;
    if (this.#isInNode) return false;
    if (this.#areHeadersOut) return method === 'end' && this.#holdEnd();
    if (!this.hooks.hasWork(this.#response.statusCode)) return false;
    refuseChunk(method, args);
    this.#knock();
    return this.#held !== undefined;
  }

  #knock(): void {
    this.#isKnocking = true;
    try {
      this.#response.writeHead(this.#response.statusCode);
    } finally {
      this.#isKnocking = false;
    }
  }

  #pass<M extends keyof Writers>(method: M, args: readonly unknown[]): ReturnType<Writers[M]> {
    const wasInNode = this.#isInNode;
    this.#isInNode = true;
    try {
      return this.patched.call(method, args);
    } finally {
      this.#isInNode = wasInNode;
    }
  }

  /** Queues a call, and returns false, as a stream with a full buffer does. */
  #keep(method: keyof Writers, args: readonly unknown[]): false {
    refuseChunk(method, args);
    if (this.#refusal) fail(args, this.#refusal.reason);
    else if (this.#held?.at(-1)?.method === 'end') fail(args, endedAlready(method));
    else this.#held?.push({ method, args });
    return false;
  }

  #holdHeaders(): boolean {
    const { statusCode } = this.#response;
    // Work that appears while Node writes the headers is finished when the response ends.
    const pending = this.#isInNode ? undefined : this.hooks.beforeHeaders(statusCode);
    if (!pending) {
      this.#sendHeaders();
      return false;
    }
    this.#heldStatus = statusCode;
    const thaw = freezeHeaders(this.#response);
    this.#hold(pending.finally(thaw), () => this.#sendHeaders());
    return true;
  }

  #holdEnd(): boolean {
    const pending = this.hooks.beforeEnd();
    if (pending) this.#hold(pending, () => undefined);
    return pending !== undefined;
  }

  #hold(pending: Promise<unknown>, open: () => void): void {
    const held: HeldCall[] = [];
    this.#held = held;
    pending
      .then(() => {
        this.#held = undefined;
        open();
        this.#release(held);
      })
      .catch((error: unknown) => this.#refuse(error, held))
      .catch((error: Error) => this.#response.destroy(error));
  }

  #release(held: HeldCall[]): void {
    let answer: unknown;
    for (let call = held[0]; call; call = held[0]) {
      answer = this.patched.callPastWrappers(call.method, call.args);
      held.shift();
    }
    // The writer of a held chunk waits for this event. A simulated socket may return undefined, as if its buffer were
    // full.
    if (answer !== false && !this.#response.writableEnded) this.#response.emit('drain');
  }

  #refuse(reason: unknown, held: readonly HeldCall[]): void {
    const refusal = this.hooks.onRefusal(reason);
    this.#held = undefined;
    for (const { args } of held) fail(args, reason);
    if (!refusal) return;
    this.#areHeadersOut = true;
    this.#refusal = { reason };
    if (this.#response.headersSent) return void this.#response.destroy();
    replaceHeaders(this.#response, refusal);
    this.#response.on('unpipe', closeUnlessRead).on('pipe', unpipe);
    this.#response.once('close', () => this.#response.emit('drain'));
    this.patched.callPastWrappers('end', [refusal.body]);
  }

  #sendHeaders(): void {
    this.#areHeadersOut = true;
    this.hooks.onHeaders(this.#response);
  }
}
