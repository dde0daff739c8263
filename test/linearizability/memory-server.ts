/** The program of a process that keeps sessions in its memory and lets other processes at them. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { SessionStore } from 'nestjs-sessions';
import { MemorySessionStore } from 'nestjs-sessions/memory';
import type { Called, Returned } from './served-store.js';

type Method = (...args: readonly unknown[]) => Promise<unknown>;

const store: SessionStore = new MemorySessionStore();
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  const lines = createInterface(socket).on('error', () => undefined);
  lines.on('line', (line) => {
    const { number, method, args } = JSON.parse(line) as Called;
    void (store[method] as Method).apply(store, [...args]).then((answer) => {
      socket.write(`${JSON.stringify({ number, answer } satisfies Returned)}\n`);
    });
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('disconnect', () => process.exit());
process.send!((server.address() as AddressInfo).port);
