import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { blocksOf } from '../support/transcript.js';

/** What the examples in doc comments take for granted. */
const PRELUDE = `
import { Get, Module } from '@nestjs/common';
import { Session, sessionKey, SessionModule, SessionStore } from 'nestjs-sessions';
import { MemorySessionStore as RedisSessionStore } from 'nestjs-sessions/memory';
import { describeSessionStore, seedSession } from 'nestjs-sessions/testing';
import { csrfToken, CurrentUser, RequirePermission, PassportSessionMiddleware, safeRedirectPath, SessionAuthModule, signIn, UserLoader } from 'nestjs-sessions/auth';
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

const library = readdirSync('lib', { recursive: true, encoding: 'utf8' });
const libraryPages = library.filter((file) => file.endsWith('.md')).map((file) => `lib/${file}`);
const pages = ['README.md', 'CONTRIBUTING.md', ...libraryPages];

/** Sources by a file name of their own, each a module beside the quick-start sample, whose files they may import. */
export function codeBlocks(): Map<string, string> {
  const blocks = pages.flatMap((page) =>
    blocksOf(page, 'ts').map((text, n) => [`${page}-${n}`, text] as const),
  );
  const examples = library
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
