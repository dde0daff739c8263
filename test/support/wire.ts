import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CountingStore } from './counting-store.js';

/**
 * Notes, for each write to a store, how many bytes of the response were out when it was done: 0 is before the head.
 * For one request at a time.
 */
export class Wire {
  #sentAtWrite: number[] = [];
  #socket: Socket | undefined;
  #sentBefore = 0;

  constructor(server: EventEmitter, store: CountingStore) {
    server.prependListener('request', ({ socket }: IncomingMessage) => {
      this.#socket = socket;
      this.#sentBefore = socket.bytesWritten;
    });
    store.after = async (operation) => {
      if (operation === 'load') return;
      // A head that did not wait for the store has had its chance by then.
      await nextTurn();
      this.#sentAtWrite.push((this.#socket?.bytesWritten ?? Number.NaN) - this.#sentBefore);
    };
  }

  /** What was noted since the last time this was asked. */
  takeSentAtWrite(): number[] {
    return this.#sentAtWrite.splice(0);
  }
}
