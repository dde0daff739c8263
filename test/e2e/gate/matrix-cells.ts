import type { INestApplication } from '@nestjs/common';
import { Heard, type Work } from './matrix-app.js';
import { values, ways } from './ways-of-answering.js';

export interface Cell {
  readonly path: string;
  readonly way: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function cell(path: string, way: string, method = 'GET'): Cell {
  return { path, way, method };
}

const ofValues = Object.keys(values).flatMap((way) => [
  cell('/value', way),
  cell('/committed', way),
]);

export const cells: readonly Cell[] = [
  ...ofValues,
  ...Object.keys(ways).map((way) => cell('/way', way)),
  cell('/value', 'a text', 'HEAD'),
  cell('/way', 'end()', 'HEAD'),
  cell('/page', 'a template'),
  cell('/at-once', 'an answer of a middleware'),
  cell('/files/page.html', 'a static file'),
  cell('/files/page.html', 'a static file', 'HEAD'),
  { ...cell('/files/page.html', 'a part of a static file'), headers: { range: 'bytes=3-9' } },
  cell('/files/none.html', 'a static file that is missing'),
  cell('/proxied', 'an answer of another server'),
];

/** These end with a status of 500 or above, before or after their head left: their session is discarded. */
export function isCommitted({ path, way }: Cell): boolean {
  return path === '/committed' ? way !== 'an Error' : !/^an? [Ee]rror/.test(way);
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Asks an application, and resolves when it has answered and is done with that. */
export type Ask = (
  app: INestApplication,
  path: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
) => Promise<Answer>;

export async function originOf(app: INestApplication): Promise<string> {
  return (await app.getUrl()).replace('localhost', '127.0.0.1');
}

export const askByFetch: Ask = async (app, path, init) => {
  const response = await fetch(`${await originOf(app)}${path}`, { ...init, redirect: 'manual' });
  const { status, statusText: reason, headers } = response;
  const body = await response.text();
  await Heard.last.closed;
  return { status, reason, headers, body };
};

const ADDED = new Set(['date', 'set-cookie', 'cache-control', 'content-length']);

/** All that a client and the handler can tell, with what a session adds to it told apart. */
export async function see(app: INestApplication, cell: Cell, work: Work, ask = askByFetch) {
  Heard.last = new Heard();
  const { status, reason, headers, body } = await ask(app, cell.path, {
    method: cell.method,
    headers: { 'x-way': cell.way, 'x-work': work, 'accept-encoding': 'gzip', ...cell.headers },
  });
  const others = [...headers].filter(([name]) => !ADDED.has(name));
  const seen = {
    status,
    reason,
    headers: <Record<string, string | undefined>>{
      ...Object.fromEntries(others),
      vary: withoutCookie(headers.get('vary')),
    },
    length: headers.has('content-encoding') || headers.get('content-length'),
    body,
    events: Heard.last.events.toSorted(),
  };
  return { seen, cookies: headers.getSetCookie().length };
}

function withoutCookie(vary: string | null): string | undefined {
  const tokens = vary?.split(', ').filter((token) => token !== 'Cookie');
  return tokens?.join(', ') || undefined;
}
