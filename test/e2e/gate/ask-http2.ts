import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { Heard } from './matrix-app.js';
import { type Ask, originOf } from './matrix-cells.js';

/** Asks in plain HTTP/2, on a connection of its own. */
export const askHttp2: Ask = async (app, path, { method, headers }) => {
  const connection = connect(await originOf(app));
  const stream = connection.request({ ...headers, ':path': path, ':method': method });
  const [answered] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const isZipped = method !== 'HEAD' && answered['content-encoding'] === 'gzip';
  const body = await text(isZipped ? stream.pipe(createGunzip()) : stream);
  await Heard.last.closed;
  connection.close();
  return { status: Number(answered[':status']), reason: '', headers: headersOf(answered), body };
};

function headersOf(answered: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answered).filter(([key]) => !key.startsWith(':'))) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}
