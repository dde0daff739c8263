import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Writers } from './patched-response.js';
import { reasonOf, type WriteHeadArguments } from './response-head.js';

/*
 * A held call reaches Node too late for Node to throw at its line. What looks wrong is tried on a response that goes
 * nowhere, which throws in Node's own words.
 */

/** @internal */
export function refuseHead(response: ServerResponse, [status, second, third]: WriteHeadArguments) {
  const reason = typeof second === 'string' ? second : reasonOf(response);
  const pairs = [second, third].find(Array.isArray);
  const isPlain = Number.isInteger(status) && status >= 100 && status <= 999 && !reason && !pairs;
  if (!isPlain) idleResponse().writeHead(status, reason || undefined, pairs as string[]);
}

/** @internal */
export function refuseSecondHead(): void {
  idleResponse().writeHead(200).writeHead(200);
}

/** @internal */
export function refuseChunk(method: keyof Writers, [chunk]: readonly unknown[]): void {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  const isMeant = method === 'end' ? chunk && typeof chunk !== 'function' : method === 'write';
  if (isMeant) idleResponse().write(chunk);
}

function idleResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}
