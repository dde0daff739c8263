import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Gatekeeper } from './gatekeeper.js';
import { refuseChunk, refuseHead, refuseSecondHead } from './node-checks.js';
import type { Interception, PatchedResponse, Writers } from './patched-response.js';
import { applyHead, freezeHead, replaceHead, type WriteHeadArguments } from './response-head.js';

interface Call {
  readonly method: keyof Writers;
  readonly args: readonly unknown[];
}

/**
 * Holds a response back, head and body, until its gatekeeper lets it out, and answers in its place when that fails.
 * Without work of the session, each call is Node's own.
 *
 * @internal
 */
export class HoldPolicy implements Interception {
  readonly #response: ServerResponse;
  #isHeadOut: boolean;
  /** Whether the head is demanded for those that wrapped `writeHead` (compressors, say), before a call is held. */
  #isKnocking = false;
  /** Whether a method of Node's is at work, which cannot be made to wait for the head that it demands. */
  #isInNode = false;
  #held: Call[] | undefined;
  #heldStatus = 0;
  #refusal: { readonly reason: unknown } | undefined;

  constructor(
    private readonly patched: PatchedResponse,
    private readonly keeper: Gatekeeper,
  ) {
    this.#response = patched.response;
    this.#isHeadOut = this.#response.headersSent;
  }

  get isHeadOut(): boolean {
    return this.#isHeadOut;
  }

  writeHead(args: WriteHeadArguments): ServerResponse {
    if (this.keeper.isMuted) return this.#response;
    if (this.#held) return this.#repeatHead(args);
    if (this.#isHeadOut || !this.keeper.isUsed) return this.#letThrough(args);
    refuseHead(this.#response, args);
    applyHead(this.#response, args);
    const isHeld = this.#holdHead();
    if (isHeld && !this.#isKnocking) this.#keep('writeHead', [args[0]]);
    if (isHeld || this.#isKnocking) return this.#response;
    return this.patched.call('writeHead', [this.#response.statusCode]);
  }

  write(args: readonly unknown[]): boolean {
    if (this.keeper.isMuted) return this.#mute(args);
    return this.#mustKeep('write', args) ? this.#keep('write', args) : this.#pass('write', args);
  }

  end(args: readonly unknown[]): ServerResponse {
    if (this.keeper.isMuted) {
      this.#mute(args);
      return this.#response;
    }
    if (!this.#mustKeep('end', args)) return this.#pass('end', args);
    this.#keep('end', args);
    return this.#response;
  }

  flushHeaders(): void {
    if (this.keeper.isMuted) return;
    if (this.#mustKeep('flushHeaders', [])) this.#keep('flushHeaders', []);
    else this.#pass('flushHeaders', []);
  }

  /** What a handler writes after its commit failed goes nowhere, and it hears of that as on a dead connection. */
  #mute(args: readonly unknown[]): false {
    fail(args, new Error('The session of this handler could not be written.'));
    return false;
  }

  #letThrough(args: WriteHeadArguments): ServerResponse {
    const response = this.patched.call('writeHead', args);
    if (!this.#isHeadOut) this.#letHeadOut();
    return response;
  }

  /**
   * Node's methods, and those of others, demand the head by its bare status as long as they see none. After an end, a whole
   * second answer is dropped: Fastify gives one where Nest 11 returns what a handler has sent, and sees no end before.
   */
  #repeatHead(args: WriteHeadArguments): ServerResponse {
    if (this.#held?.at(-1)?.method === 'end') return this.#response;
    if (args.length > 1 || args[0] !== this.#heldStatus) refuseSecondHead();
    return this.#response;
  }

  #mustKeep(method: keyof Writers, args: readonly unknown[]): boolean {
    if (this.#held || this.#refusal) return true;
    if (this.#isInNode) return false;
    if (this.#isHeadOut) return method === 'end' && this.#holdEnd();
    if (!this.keeper.hasWork(this.#response.statusCode)) return false;
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

  /** Keeps a call for later, and answers it as a stream does that is full. */
  #keep(method: keyof Writers, args: readonly unknown[]): false {
    refuseChunk(method, args);
    if (this.#refusal) fail(args, this.#refusal.reason);
    else if (this.#held?.at(-1)?.method === 'end') fail(args, endedAlready(method));
    else this.#held?.push({ method, args });
    return false;
  }

  #holdHead(): boolean {
    const { statusCode } = this.#response;
    // Work that comes up while Node demands the head is finished as the response ends.
    const pending = this.#isInNode ? undefined : this.keeper.beforeHead(statusCode);
    if (!pending) {
      this.#letHeadOut();
      return false;
    }
    this.#heldStatus = statusCode;
    const thaw = freezeHead(this.#response);
    this.#hold(pending.finally(thaw), () => this.#letHeadOut());
    return true;
  }

  #holdEnd(): boolean {
    const pending = this.keeper.beforeEnd();
    if (pending) this.#hold(pending, () => undefined);
    return pending !== undefined;
  }

  #hold(pending: Promise<unknown>, open: () => void): void {
    const held: Call[] = [];
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

  #release(held: Call[]): void {
    let answer: unknown;
    for (let call = held[0]; call; call = held[0]) {
      answer = this.patched.callPastWrappers(call.method, call.args);
      held.shift();
    }
    // A writer whose chunk was kept waits for this event. A made-up socket may answer undefined, which Node takes for full.
    if (answer !== false && !this.#response.writableEnded) this.#response.emit('drain');
  }

  #refuse(reason: unknown, held: readonly Call[]): void {
    const refusal = this.keeper.onRefusal(reason);
    this.#held = undefined;
    for (const { args } of held) fail(args, reason);
    if (!refusal) return;
    this.#isHeadOut = true;
    this.#refusal = { reason };
    if (this.#response.headersSent) return void this.#response.destroy();
    replaceHead(this.#response, refusal);
    this.#response.on('unpipe', closeUnlessRead).on('pipe', unpipe);
    this.#response.once('close', () => this.#response.emit('drain'));
    this.patched.callPastWrappers('end', [refusal.body]);
  }

  #letHeadOut(): void {
    this.#isHeadOut = true;
    this.keeper.onHead(this.#response);
  }
}

function endedAlready(method: string): Error {
  return new Error(
    `\`${method}\` was called after the response ended, while it waits for its session.`,
  );
}

/** Node calls back with an error, too, who writes to a connection that is gone. */
function fail(args: readonly unknown[], reason: unknown): void {
  const callback = args.at(-1);
  if (typeof callback === 'function') process.nextTick(callback, reason);
}

/** A source that waits for a refused response to go on would stay open, and a file with it. @internal */
export function closeUnlessRead(source: Readable): void {
  if (source.listenerCount('data') === 0) source.destroy();
}

function unpipe(this: ServerResponse, source: Readable): void {
  source.unpipe(this);
}
