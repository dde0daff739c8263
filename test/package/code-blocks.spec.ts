import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { blocksOf } from '../support/transcript.js';

/** What the examples in doc comments take for granted. */
const PRELUDE = `
import { Get, Module } from '@nestjs/common';
import { Session, sessionKey, SessionModule, SessionStore } from 'nestjs-sessions';
import { MemorySessionStore as RedisSessionStore } from 'nestjs-sessions/memory';
import { describeSessionStore, seedSession } from 'nestjs-sessions/testing';
import { csrfToken, CurrentUser, RequirePermission, PassportSessionMiddleware, safeNext, SessionAuthModule, signIn, UserLoader } from 'nestjs-sessions/auth';
import { DefaultValuePipe } from '@nestjs/common';
import { z } from 'zod';
import passport from 'passport';
import type { MiddlewareConsumer } from '@nestjs/common';
import type { Clock } from 'nestjs-sessions';
declare const MyStore: new (clock: Clock) => SessionStore;
interface Cart { items: string[] }
interface Visitor { visits: number }
interface User { id: string; passwordHash: string }
declare const user: User;
declare const query: Record<string, unknown>;
declare class MyUserLoader extends UserLoader<User> { load(userId: string): Promise<User | undefined> }
declare const consumer: MiddlewareConsumer;
declare const item: string;
declare const app: { get(token: typeof SessionStore): SessionStore; getHttpServer(): unknown };
declare function request(server: unknown): { get(path: string): { set(name: string, value: string): { expect(body: object): Promise<void> } } };
declare const session: Session<{ cart: Cart; visits: number; pkceVerifier: string }>;
`;

const pages = [
  'README.md',
  'lib/README.md',
  'lib/stores/README.md',
  'lib/auth/README.md',
  'CONTRIBUTING.md',
];

/** Sources by a file name of their own, each a module beside the quick-start sample, whose files they may import. */
function codeBlocks(): Map<string, string> {
  const blocks = pages.flatMap((page) =>
    blocksOf(page, 'ts').map((text, n) => [`${page}-${n}`, text] as const),
  );
  const examples = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => examplesIn(file));
  return new Map(
    [...blocks, ...examples].map(([name, text]) => [
      resolve('sample/01-quick-start', `${name.replaceAll(/\W/g, '-')}.ts`),
      text,
    ]),
  );
}

function examplesIn(file: string): (readonly [string, string])[] {
  const comments = readFileSync(`lib/${file}`, 'utf8').replaceAll(/^ *\* ?/gm, '');
  return [...comments.matchAll(/^```ts\n(.*?)^```$/gms)].map(
    ([, text], n) => [`${file}-${n}`, wrapped(text!)] as const,
  );
}

/** A method decorator stands in a class, statements stand in a function, declarations on their own. */
function wrapped(text: string): string {
  if (text.includes('declare module')) return `${text}\ninterface Cart {}`;
  if (text.startsWith('@Get')) return `${PRELUDE}\nclass Example {\n${text}}`;
  if (text.startsWith('@Module')) return `${PRELUDE}\n${text}`;
  return `${PRELUDE}\nasync function example() {\n${text}}`;
}

describe('Code in the documentation', () => {
  const blocks = codeBlocks();

  it('is there', () => {
    expect(blocks.size).toBeGreaterThan(12);
  });

  it('compiles', () => {
    const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8'));
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, files: [], include: [] },
      ts.sys,
      process.cwd(),
    );
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => blocks.has(file) || fileExists(file);
    host.readFile = (file) => blocks.get(file) ?? readFile(file);
    host.getSourceFile = (file, ...rest) =>
      blocks.has(file)
        ? ts.createSourceFile(file, blocks.get(file)!, ts.ScriptTarget.ES2023)
        : getSourceFile(file, ...rest);
    const program = ts.createProgram([...blocks.keys()], options, host);
    const problems = [...blocks.keys()].flatMap((file) => {
      const source = program.getSourceFile(file);
      return [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
    });

    expect(
      problems.map(
        (problem) =>
          `${problem.file?.fileName}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`,
      ),
    ).toEqual([]);
  });
});

describe('The README', () => {
  it.each(['app.module.ts', 'counter.controller.ts'])(
    'shows %s of the quick start whole',
    (file) => {
      expect(blocksOf('README.md', 'ts')).toContain(
        readFileSync(`sample/01-quick-start/${file}`, 'utf8'),
      );
    },
  );

  it('has a heading for every error code', () => {
    const codes = readFileSync('lib/core/session-errors.ts', 'utf8').match(/^ {2}\| '\w+'/gm) ?? [];
    const readme = readFileSync('README.md', 'utf8');

    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(readme).toContain(`### ${code.slice(5, -1)}\n`);
  });
});
