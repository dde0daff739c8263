import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './servers.js';

/** Stands between a client and a server of this machine, and fails as networks do. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #isResetting = false;
  #isHolding = false;
  #lossy: string | undefined;
  /** So many answers were lost. */
  lost = 0;

  private constructor(
    readonly port: number,
    private readonly target: number,
  ) {}

  static async before(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(await freePort(), target);
    await proxy.accept();
    return proxy;
  }

  /** Passes everything on, the state it starts in. */
  async accept(): Promise<void> {
    this.#isResetting = false;
    if (this.#server) return;
    this.#server = createServer((client) => this.#join(client)).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Ends all connections and accepts no others. */
  async refuse(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close');
    this.#server?.close();
    this.#server = undefined;
    this.#resetAll();
    await closed;
  }

  /** Accepts connections and resets them as soon as they are used. */
  reset(): void {
    this.#isResetting = true;
    this.#resetAll();
  }

  /** Passes nothing on until it is released, and everything then. */
  hold(): void {
    this.#isHolding = true;
    for (const socket of this.#sockets) socket.pause();
  }

  release(): void {
    this.#isHolding = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Passes on the next command that contains the text, in capitals or not, and resets the connection in place of its answer. */
  loseAnswerTo(text: string): void {
    this.#lossy = text.toLowerCase();
  }

  #join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    let isLossy = false;
    const end = (): void => {
      reset(client);
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk) => {
      if (this.#isResetting) return end();
      if (this.#lossy !== undefined && String(chunk).toLowerCase().includes(this.#lossy)) {
        isLossy = true;
        this.#lossy = undefined;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (!isLossy) return void client.write(chunk);
      this.lost++;
      end();
    });
    if (this.#isHolding) for (const socket of [client, server]) socket.pause();
  }

  #resetAll(): void {
    for (const socket of this.#sockets) reset(socket);
  }
}

function reset(socket: Socket): void {
  // Node never lets go of a socket that is reset while it is ending.
  if (socket.readyState === 'open') socket.resetAndDestroy();
  else socket.destroy();
}
