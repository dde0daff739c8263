import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Route } from './subjects.js';

/** Routes whose answer brings the cookie that the visitor goes on with, where there are sessions. */
const GIVES_COOKIE: readonly Route[] = ['login', 'new'];
/** Routes that are asked for without a cookie. */
const TAKES_NO_COOKIE: readonly Route[] = ['first-login', 'new'];

/**
 * A visitor: one keep-alive connection and one session. Speaks just enough HTTP, so that the process that is measured
 * does not wait for this one.
 */
export class Client {
  #cookie = '';
  #received = '';
  #onResponse: ((response: string) => void) | undefined;
  #onFailure: ((error: Error) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly hasSession: boolean,
  ) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('close', () => this.#onFailure?.(new Error('The server closed a connection.')));
  }

  /** Connects, and begins a session where there is one. */
  static async connect(port: number, hasSession: boolean): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const client = new Client(socket, hasSession);
    await client.request('new', 1);
    return client;
  }

  /** Makes so many requests, one after the other. */
  async request(route: Route, times: number): Promise<void> {
    for (let made = 0; made < times; made++) {
      const response = await this.#exchange(route);
      if (!/^HTTP\/1\.1 2/.test(response)) throw new Error(`${route} was answered ${response}`);
      if (this.hasSession && GIVES_COOKIE.includes(route)) this.#cookie = cookieIn(response);
    }
  }

  close(): void {
    this.#onFailure = undefined;
    this.socket.destroy();
  }

  #exchange(route: Route): Promise<string> {
    const hasCookie = this.#cookie !== '' && !TAKES_NO_COOKIE.includes(route);
    const cookie = hasCookie ? `Cookie: ${this.#cookie}\r\n` : '';
    const path = route === 'first-login' ? 'login' : route;
    return new Promise((resolve, reject) => {
      this.#onResponse = resolve;
      this.#onFailure = reject;
      this.socket.write(`GET /${path} HTTP/1.1\r\nHost: localhost\r\n${cookie}\r\n`);
    });
  }

  #take(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1 || this.#received.length < head + 4 + bodyLengthIn(this.#received)) return;
    const response = this.#received;
    this.#received = '';
    this.#onResponse?.(response);
  }
}

function bodyLengthIn(response: string): number {
  const [, length] = /^content-length: (\d+)/im.exec(response) ?? [];
  if (length === undefined) throw new Error('A response without Content-Length.');
  return Number(length);
}

function cookieIn(response: string): string {
  const [, cookie] = /^set-cookie: ([^;\r]+)/im.exec(response) ?? [];
  if (cookie === undefined) throw new Error('A response without the cookie that it should bring.');
  return cookie;
}
