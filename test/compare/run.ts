/**
 * Tries this library, express-session and @fastify/session on the same cases, and prints what came of them as Markdown.
 *
 *     npm run compare
 */
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { cases, outcomeOf, type StartApp } from './cases.js';
import { ourApp } from './our-app.js';
import { expressSessionApp, fastifySessionApp } from './peer-app.js';

const subjects: Readonly<Record<string, StartApp>> = {
  'nestjs-sessions, Express': (store) => ourApp(new ExpressAdapter(), store),
  'nestjs-sessions, Fastify': (store) => ourApp(new FastifyAdapter(), store),
  'express-session': expressSessionApp,
  '@fastify/session': fastifySessionApp,
};

const names = Object.keys(subjects);
console.log(row(['case', ...names]));
console.log(row(['---', ...names.map(() => '---')]));
for (const one of cases) {
  const outcomes = names.map((name) => outcomeOf(one, subjects[name]!));
  console.log(row([one.name, ...(await Promise.all(outcomes))]));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
