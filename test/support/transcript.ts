import { readFileSync } from 'node:fs';
import { run } from './command.js';

/** One `$ curl` of a transcript, and what the page says comes back. */
export interface Exchange {
  readonly command: string;
  readonly status: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** The blocks of a Markdown file that are fenced with the given language. */
export function blocksOf(file: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...readFileSync(file, 'utf8').matchAll(fence)].map(([, text]) => text!);
}

/** The exchanges in the `console` blocks of a Markdown file, in order. */
export function exchangesIn(file: string): Exchange[] {
  return blocksOf(file, 'console')
    .join('')
    .split(/^(?=\$ )/m)
    .map((text) => {
      const [prompt = '', ...answer] = text.trimEnd().split('\n');
      return { command: prompt.replace('$ ', ''), ...parseAnswer(answer) };
    });
}

/**
 * Runs the command of an exchange as it is, in a shell in `folder`, where its cookie jar is; another port takes the place
 * of 3000. Resolves to what came back, without the headers that the transcript leaves out, and with its ids hidden.
 */
export async function replay(exchange: Exchange, folder: string, port: string): Promise<Exchange> {
  const { command } = exchange;
  const here = command.replace('localhost:3000', `localhost:${port}`);
  const { stdout } = await run(folder, 'env', 'no_proxy=localhost', 'sh', '-c', here);
  const { status, headers, body } = parseAnswer(stdout.replaceAll('\r', '').split('\n'));
  return { command, status, headers: alike(headers, exchange.headers), body };
}

export async function hasCurl(): Promise<boolean> {
  return (await run('.', 'curl', '--version')).code === 0;
}

function parseAnswer([status = '', ...lines]: readonly string[]): Omit<Exchange, 'command'> {
  const blank = lines.indexOf('');
  const headers = blank === -1 ? lines : lines.slice(0, blank);
  return { status, headers, body: blank === -1 ? '' : lines.slice(blank + 1).join('\n') };
}

/** All headers by a name that the transcript has. */
function alike(headers: readonly string[], listed: readonly string[]): string[] {
  const names = listed.map(nameOf);
  return headers
    .filter((line) => names.includes(nameOf(line)))
    .map((line) => line.replaceAll(/=[\w-]{43}/g, '=<id>'));
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}
