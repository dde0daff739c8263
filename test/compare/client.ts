import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CookieJar } from '../support/cookie-jar.js';

const LATE = Symbol('late');

/** A browser that takes notice of an answer when its head is there. */
export class Client {
  readonly jar = new CookieJar();
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    private readonly origin: string,
    private readonly patienceMs: number,
  ) {}

  /** Resolves with the head; the cookies it sets are kept by then. */
  ask(path: string): Promise<IncomingMessage> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = cookie ? { cookie } : {};
    return new Promise((resolve, reject) => {
      const asking = request(`${this.origin}${path}`, { agent: this.#agent, headers });
      asking.on('error', reject).on('response', (response) => {
        this.jar.keep(response.headers['set-cookie'] ?? []);
        resolve(response);
      });
      asking.end();
    });
  }

  async read(path: string): Promise<string> {
    return textOf(await this.ask(path));
  }

  async json(path: string): Promise<Record<string, number>> {
    return JSON.parse(await this.read(path)) as Record<string, number>;
  }

  /** Describes the response that a client receives within its patience. */
  async told(path: string): Promise<string> {
    const asking = this.ask(path);
    // It is cut off when everything is closed.
    asking.catch(() => undefined);
    const late = delay(this.patienceMs, LATE, { ref: false });
    const response = await Promise.race([asking, late]);
    if (response === LATE) return `nothing within ${this.patienceMs / 1_000} s`;
    const reading = textOf(response).catch(() => '');
    const text = await Promise.race([reading, late]);
    const cookie = response.headers['set-cookie'] ? 'a cookie' : 'no cookie';
    const body =
      text === LATE ? `, a body that does not end within ${this.patienceMs / 1_000} s` : '';
    return `${response.statusCode}, ${cookie}${body}`;
  }

  /** Another browser that has the same cookies by now. */
  clone(): Client {
    const clone = new Client(this.origin, this.patienceMs);
    for (const [name, value] of this.jar) clone.jar.set(name, value);
    return clone;
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
