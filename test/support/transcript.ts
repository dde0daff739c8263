import { readFileSync } from 'node:fs';
import type { Answer, Asking } from './browser.js';

/** One `$ curl` of a transcript, and what the README says comes back. */
export interface Exchange {
  readonly command: string;
  readonly path: string;
  readonly asking: Asking;
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
    .map(parseExchange);
}

function parseExchange(text: string): Exchange {
  const [command = '', status = '', ...lines] = text.trimEnd().split('\n');
  const blank = lines.indexOf('');
  const headers = blank === -1 ? lines : lines.slice(0, blank);
  return {
    command,
    status,
    headers,
    body: blank === -1 ? '' : lines.slice(blank + 1).join('\n'),
    ...parseCurl(command),
  };
}

/** Reads the few options of curl that the samples use. */
function parseCurl(command: string): { path: string; asking: Asking } {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
  const after = (option: string) => words[words.indexOf(option) + 1]!;
  const body = words.includes('-d') ? after('-d') : undefined;
  const header = words.includes('-H') ? after('-H') : undefined;
  const method = words.includes('-X') ? after('-X') : body === undefined ? 'GET' : 'POST';
  const [name = '', value = ''] = header?.split(': ') ?? [];
  return {
    path: words.at(-1)!.replace(/^[^/]*/, ''),
    asking: {
      method,
      headers: header === undefined ? {} : { [name]: value },
      ...(body !== undefined && { body }),
    },
  };
}

/** The lines of an answer that a transcript shows, ids hidden. */
export function shown(
  answer: Answer,
  { headers }: Exchange,
): { status: string; headers: string[]; body: string } {
  return {
    status: String(answer.status),
    headers: headers.map((line) => {
      const name = line.slice(0, line.indexOf(':'));
      const value = [answer.headers[name.toLowerCase()]].flat().join(', ');
      return `${name}: ${value.replaceAll(/=[\w-]{43}/g, '=<id>')}`;
    }),
    body: answer.text,
  };
}
