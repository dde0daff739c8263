/**
 * Compiles the library and the programs of the tests to `dist-test`, for processes that tests start. They run what jest
 * runs, as plain modules, so that each is up in half a second.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';
import jest from '../../../jest.config.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const out = join(root, 'dist-test');
const [, options] = jest.transform['^.+\\.ts$'];

export default async function compile() {
  const files = (await Promise.all(['lib', 'test'].map(sourcesIn))).flat();
  await Promise.all([writePackage(), ...files.map(compileFile)]);
}

async function sourcesIn(folder) {
  const files = await readdir(join(root, folder), { recursive: true });
  return files
    .filter((file) => /\.ts$/.test(file) && !/\.spec\.ts$|^bench|^package/.test(file))
    .map((file) => join(folder, file));
}

/** The library under its public names, as in jest.config.mjs. */
async function writePackage() {
  const { name, type, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).map(([path, target]) => [path, target.default ?? target]);
  const text = JSON.stringify({ name, type, exports: Object.fromEntries(entries) });
  await put(join(out, 'package.json'), text.replaceAll('./dist/', './lib/'));
}

async function compileFile(file) {
  const [source, target] = [join(root, file), join(out, file.replace(/ts$/, 'js'))];
  if ((await changedAt(source)) < (await changedAt(target))) return;
  await put(target, (await transformFile(source, options)).code);
}

async function changedAt(file) {
  const status = await stat(file).catch(() => undefined);
  return status?.mtimeMs ?? 0;
}

/** Others, who may be running, see the whole file or the one before. */
async function put(file, text) {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}
