import type { ServerResponse } from 'node:http';

/** What the responses of Express and Fastify both understand, for handlers with `@Res()`. */
export interface Reply {
  readonly raw?: ServerResponse;
  header(name: string, value: string | readonly string[]): this;
  status(code: number): this;
  send(body?: unknown): unknown;
}

/** Node's own response, which Fastify keeps in `raw`. */
export function rawOf(reply: Reply): ServerResponse {
  return reply.raw ?? (reply as unknown as ServerResponse);
}
