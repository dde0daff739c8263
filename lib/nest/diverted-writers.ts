import type { ServerResponse } from 'node:http';
import type { WriteHeadArguments } from './response-head.js';

/**
 * The methods by which a response is written to, and by which it is told to wait for it.
 *
 * @internal
 */
export type Writers = Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'flushHeaders' | 'on'>;

/** @internal */
export type Listener = (...args: unknown[]) => void;

/**
 * Gets the calls that were meant for a response, with their arguments as a list.
 *
 * @internal
 */
export interface StandIn {
  writeHead(args: WriteHeadArguments): ServerResponse;
  write(args: Parameters<Writers['write']>): boolean;
  end(args: Parameters<Writers['end']>): ServerResponse;
  flushHeaders(): void;
  on(event: string | symbol, listener: Listener): ServerResponse;
  readonly isEnded: boolean;
}

/**
 * The methods as they are now, to be called on the response.
 *
 * @internal
 */
export function writersOf(response: ServerResponse): Writers {
  // oxlint-disable-next-line typescript/unbound-method -- they are called by way of Reflect.apply
  const { writeHead, write, end, flushHeaders, on } = response;
  return { writeHead, write, end, flushHeaders, on };
}

const slot = Symbol('nestjs-sessions');
type Diverted = ServerResponse & { [slot]: StandIn };

/**
 * Sends the calls to the stand-in from now on.
 *
 * By functions that all responses share: those made for each response are kept alive, with all they know, until the
 * next full garbage collection.
 *
 * @internal
 */
export function divert(response: ServerResponse, standIn: StandIn): void {
  (response as Diverted)[slot] = standIn;
  response.writeHead = writeHead as Writers['writeHead'];
  response.write = write as Writers['write'];
  response.end = end as Writers['end'];
  response.flushHeaders = flushHeaders;
  response.on = on as Writers['on'];
}

/**
 * Makes the response look ended from when its stand-in was told so.
 *
 * @internal
 */
export function coverEnd(response: ServerResponse): void {
  Object.defineProperty(response, 'writableEnded', ENDED_FOR_ITS_STAND_IN);
}

const ENDED_FOR_ITS_STAND_IN: PropertyDescriptor & ThisType<Diverted> = {
  configurable: true,
  get() {
    return this[slot].isEnded;
  },
};

function writeHead(this: Diverted, ...args: WriteHeadArguments): ServerResponse {
  return this[slot].writeHead(args);
}

function write(this: Diverted, ...args: Parameters<Writers['write']>): boolean {
  return this[slot].write(args);
}

function end(this: Diverted, ...args: Parameters<Writers['end']>): ServerResponse {
  return this[slot].end(args);
}

function flushHeaders(this: Diverted): void {
  this[slot].flushHeaders();
}

function on(this: Diverted, event: string | symbol, listener: Listener): ServerResponse {
  return this[slot].on(event, listener);
}
