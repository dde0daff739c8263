/** Lets a process that is started with `node --import` run the sources as the tests do. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';
import jest from '../../../jest.config.mjs';

if (isMainThread) register(import.meta.url);

const [, options] = jest.transform['^.+\\.ts$'];
const root = new URL('../../../', import.meta.url);

/** The file of the library that a public name stands for. */
function entryOf(specifier) {
  const found = Object.entries(jest.moduleNameMapper).find(([name]) =>
    new RegExp(name).test(specifier),
  );
  return found?.[1].startsWith('<rootDir>/')
    ? new URL(found[1].slice('<rootDir>/'.length), root).href
    : undefined;
}

function sourceOf(specifier, parent) {
  if (!specifier.startsWith('.') || !parent?.endsWith('.ts')) return undefined;
  const source = new URL(specifier.replace(/\.js$/, '.ts'), parent);
  return existsSync(source) ? source.href : undefined;
}

export function resolve(specifier, context, next) {
  const url = entryOf(specifier) ?? sourceOf(specifier, context.parentURL);
  return url ? { url, format: 'module', shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...options, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
