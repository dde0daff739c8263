import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { environment, StepFailed } from './command.js';

const LIMIT_MS = 60_000;

/** Starts an application and pays it two visits as a browser would, with the cookie that it sets. */
export async function boot(cwd: string, command: readonly string[]): Promise<void> {
  const port = await freePort();
  const [program, ...args] = command as [string, ...string[]];
  const app = spawn(program, args, { cwd, env: { ...environment(), PORT: String(port) } });
  const ended = once(app, 'exit');
  const printed: string[] = [];
  for (const stream of [app.stdout, app.stderr]) {
    stream.on('data', (text: Buffer) => printed.push(text.toString()));
  }
  try {
    await visitTwice(`http://127.0.0.1:${port}/visits`, () => app.exitCode === null);
  } catch (error) {
    throw new StepFailed(`${command.join(' ')}\n${printed.join('')}${String(error)}`);
  } finally {
    app.kill();
    await ended;
  }
}

async function visitTwice(url: string, isRunning: () => boolean): Promise<void> {
  const first = await firstAnswer(url, isRunning);
  const [cookie = ''] = first.headers.getSetCookie();
  const headers = { cookie: cookie.split(';')[0]! };
  const second = await fetch(url, { headers });
  const answers = [await first.text(), await second.text()].join();
  if (answers === '{"visits":1},{"visits":2}' && cookie.startsWith('__Host-sid=')) return;
  throw new Error(`it answered ${answers}, with a cookie of ${cookie.length} characters`);
}

async function firstAnswer(url: string, isRunning: () => boolean): Promise<Response> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (!isRunning() || Date.now() > until) throw error;
      await setTimeout(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
