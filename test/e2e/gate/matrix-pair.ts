import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { CountingStore } from '../../support/counting-store.js';
import type { Prepare } from './companions.js';
import { openUpstream } from './elsewhere.js';
import { makeMatrix, type Work } from './matrix-app.js';
import { type Ask, type Cell, isCommitted, see } from './matrix-cells.js';

export interface Comparison {
  readonly actual: unknown;
  readonly expected: unknown;
}

/** The application of the matrix twice: with the library and without it. */
export class MatrixPair {
  private constructor(
    private readonly ask: Ask,
    private readonly store: CountingStore,
    private readonly upstream: Awaited<ReturnType<typeof openUpstream>>,
    private readonly app: INestApplication,
    private readonly bare: INestApplication,
  ) {}

  static async open(makeAdapter: () => AbstractHttpAdapter, prepare: Prepare, ask: Ask) {
    const store = new CountingStore();
    const upstream = await openUpstream();
    const settings = { prepare, upstream: upstream.origin };
    const app = await makeMatrix(makeAdapter(), { ...settings, store });
    const bare = await makeMatrix(makeAdapter(), settings);
    for (const one of [app, bare]) await one.listen(0, '127.0.0.1');
    return new MatrixPair(ask, store, upstream, app, bare);
  }

  async close(): Promise<void> {
    await Promise.all([this.app.close(), this.bare.close()]);
    this.upstream.close();
  }

  /** Both answer alike, and of the two one sets a cookie where there is something to keep. */
  async compare(cell: Cell, work: Work): Promise<Comparison> {
    this.store.before = () => undefined;
    const { seen } = await see(this.bare, cell, 'none', this.ask);
    const cookies = work === 'pending' && isCommitted(cell) ? 1 : 0;
    return { actual: await see(this.app, cell, work, this.ask), expected: { seen, cookies } };
  }

  /** While the store is down, nothing of the answer leaves. Without a server, a HEAD request may get a body. */
  async compareRefused(cell: Cell): Promise<Comparison> {
    this.store.before = () => Promise.reject(new Error('down'));
    const { seen, cookies } = await see(this.app, cell, 'pending', this.ask);
    const { status, body } = seen;
    const isHead = cell.method === 'HEAD';
    return {
      actual: { status, body: isHead ? '' : body, cookies, own: seen.headers['x-own'] },
      expected: {
        status: 503,
        body: isHead ? '' : '{"message":"Service Unavailable","statusCode":503}',
        cookies: 0,
        own: undefined,
      },
    };
  }
}
