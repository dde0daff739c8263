import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NPM_INSTALL } from './tools.js';
import { perform } from './command.js';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Some registries leave out packages of platforms that nobody there has. npm passes over what is optional, and Yarn
 * refuses: it is given an empty package in the place of each. Where nothing is missing, nothing is changed.
 */
export async function standInsForYarn(folder: string): Promise<void> {
  const missing = await missingPackages(folder);
  if (missing.length === 0) return;
  console.error(`${missing.length} packages of other platforms are not in this registry`);
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
  const resolutions = Object.fromEntries(missing.map((name) => [name, 'link:./stand-in']));
  await writeFile(path, JSON.stringify({ ...manifest, resolutions }, null, 2));
  await mkdir(join(folder, 'stand-in'));
  await writeFile(join(folder, 'stand-in/package.json'), '{ "name": "stand-in" }');
}

/** Optional dependencies that npm found no version of. */
async function missingPackages(folder: string): Promise<string[]> {
  await perform(folder, [...NPM_INSTALL, '--package-lock-only']);
  const lock = join(folder, 'package-lock.json');
  const text = await readFile(lock, 'utf8');
  await rm(lock);
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, Locked>> };
  const found = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  return [...new Set(wanted)].filter((name) => !found.has(name));
}
