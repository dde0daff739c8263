import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type SaveOutcome, type SessionRecord, SessionStore } from 'nestjs-sessions';

/** What is sent to memory-server.ts, and what comes back: a line of JSON each. */
export interface Called {
  readonly number: number;
  readonly method: keyof SessionStore;
  readonly args: readonly unknown[];
}

export interface Returned {
  readonly number: number;
  readonly answer: unknown;
}

/** The memory of another process, through one connection; with it, what waits for an answer is lost. */
export class ServedStore extends SessionStore {
  #socket: Socket | undefined;
  #calls = 0;

  constructor(private readonly port: number) {
    super();
  }

  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#call('load', key);
  }

  override create(record: SessionRecord): Promise<boolean> {
    return this.#call('create', record);
  }

  override save(...args: Parameters<SessionStore['save']>): Promise<SaveOutcome> {
    return this.#call('save', ...args);
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#call('touch', key, expiresAt, revision);
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    return this.#call('delete', key, revision);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #call<T>(method: keyof SessionStore, ...args: readonly unknown[]): Promise<T> {
    const socket = (this.#socket ??= this.#connect());
    const number = this.#calls++;
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        socket.off('line', hear).off('close', lose);
      };
      const hear = (returned: Returned): void => {
        if (returned.number !== number) return;
        settle();
        resolve(returned.answer as T);
      };
      const lose = (): void => {
        settle();
        reject(new Error('The connection is lost'));
      };
      socket.on('line', hear).on('close', lose);
      socket.write(`${JSON.stringify({ number, method, args } satisfies Called)}\n`);
    });
  }

  #connect(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setMaxListeners(0).on('error', () => undefined);
    socket.on('close', () => (this.#socket = undefined));
    const lines = createInterface(socket).on('error', () => undefined);
    lines.on('line', (line) => socket.emit('line', JSON.parse(line)));
    return socket;
  }
}
