import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const COOKIE = /^sid=([^;]*)/;

/** A response whose end goes nowhere but to a callback. */
class Answer extends ServerResponse {
  constructor(
    request: IncomingMessage,
    private readonly onSent: () => void,
  ) {
    super(request);
  }

  /** Demands the head, as Node's does. */
  override end(): this {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.onSent();
    return this;
  }
}

/** A request that brings a cookie, and its response. */
export class FakeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;

  constructor(id: string | undefined, onSent: () => void) {
    this.request = new IncomingMessage(undefined as unknown as Socket);
    if (id !== undefined) this.request.headers.cookie = `sid=${id}`;
    this.response = new Answer(this.request, onSent);
  }

  /** What the answer makes of the browser's cookie: an id, an empty text where it is cleared, undefined where it stays. */
  get cookie(): string | undefined {
    const line = String(this.response.getHeader('set-cookie') ?? '');
    return COOKIE.exec(line)?.[1];
  }

  /** The connection closes; Node marks a response that way if it has not ended. */
  close(): void {
    this.response.destroyed = true;
    this.response.emit('close');
  }
}
