import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The one cookie that was set, as it is sent back. */
  readonly cookie: string | undefined;
}

/** Asks over one connection of HTTP/2 without TLS. */
export class Http2Browser {
  readonly #session: ClientHttp2Session;

  constructor(origin: string) {
    this.#session = connect(origin);
  }

  async get(path: string, cookie?: string): Promise<Http2Answer> {
    const asking = this.#session.request({ ':path': path, ...(cookie && { cookie }) });
    const [headers] = (await once(asking, 'response')) as [
      IncomingHttpHeaders & { ':status': number },
    ];
    const text = (await asking.setEncoding('utf8').toArray()).join('');
    const set = headers['set-cookie'] ?? [];
    if (set.length > 1) throw new Error(`${set.length} cookies were set.`);
    return { status: headers[':status'], headers, text, cookie: set[0]?.split(';')[0] };
  }

  async close(): Promise<void> {
    this.#session.close();
    await once(this.#session, 'close');
  }
}
