import { Agent, type IncomingMessage, request } from 'node:http';
import { CookieJar } from './cookie-jar.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly setCookie: readonly string[];
  readonly text: string;
  json<T = unknown>(): T;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** Keeps cookies by name, as a browser does for one site, and follows no redirects. */
export class Browser {
  readonly jar = new CookieJar();
  readonly #agent = new Agent({ keepAlive: true });

  constructor(readonly origin: string) {}

  get cookieHeader(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, asking: Asking = {}): Promise<Answer> {
    return this.ask(path, asking);
  }

  post(path: string, asking: Asking = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', ...asking });
  }

  async ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
    const cookie = this.cookieHeader;
    const answer = await exchange(`${this.origin}${path}`, {
      method,
      agent: this.#agent,
      body,
      headers: { 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }), ...headers },
    });
    this.jar.keep(answer.setCookie);
    return answer;
  }

  /** Another browser that has the same cookies by now. */
  clone(): Browser {
    const clone = new Browser(this.origin);
    for (const [name, value] of this.jar) clone.jar.set(name, value);
    return clone;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function exchange(
  url: string,
  {
    body,
    ...options
  }: { method: string; agent: Agent; headers: Record<string, unknown>; body: string | undefined },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, options as never, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks).toString())));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

function answerOf(response: IncomingMessage, text: string): Answer {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    setCookie: response.headers['set-cookie'] ?? [],
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}
