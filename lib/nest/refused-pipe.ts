import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** A source piped into a refused response would wait for it forever, and keep its file open. @internal */
export function closeUnlessRead(source: Readable): void {
  if (source.listenerCount('data') === 0) source.destroy();
}

/** @internal */
export function unpipe(this: ServerResponse, source: Readable): void {
  source.unpipe(this);
}
