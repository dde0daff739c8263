import { Agent, type ClientRequest, request } from 'node:http';

/** How a request ended: it was answered, its connection was closed, or neither within the time of a test. */
export type End = { readonly status: number; readonly text: string } | 'closed' | 'hung';

const HUNG_AFTER_MS = 10_000;

/** Asks over one connection that it keeps, one request after the other. */
export class Visitor {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly origin: string,
    private readonly cookie: string,
  ) {}

  /** @param leaveAfterMs when to go away, whether or not there is an answer */
  async ask(path: string, leaveAfterMs = HUNG_AFTER_MS): Promise<End> {
    const headers = { cookie: this.cookie };
    const asking = request(`${this.origin}${path}`, { agent: this.#agent, headers });
    let isLate = false;
    const leave = setTimeout(() => {
      isLate = leaveAfterMs === HUNG_AFTER_MS;
      asking.destroy();
    }, leaveAfterMs);
    const end = await endOf(asking);
    clearTimeout(leave);
    return isLate ? 'hung' : end;
  }

  leave(): void {
    this.#agent.destroy();
  }
}

function endOf(asking: ClientRequest): Promise<End> {
  return new Promise((resolve) => {
    asking.on('error', () => undefined).on('close', () => resolve('closed'));
    asking.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', () => undefined);
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asking.end();
  });
}
