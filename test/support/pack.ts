import { readFileSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { succeed } from './command.js';

/** What a checkout needs to be built. */
const CONFIGURATION = [
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.cjs.json',
];
/** What the package is made of, beside what is built. */
const CONTENT = [
  ...['lib', 'sample', 'test/projects/README.md', 'package.json'],
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md'],
];

export interface Packed {
  /** Where it was built: a folder in which the package finds itself by its name. */
  readonly folder: string;
  readonly tarball: string;
  /** The paths of the files in it. */
  readonly files: readonly string[];
}

interface Listing {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs a copy in an empty folder, so that the `dist` of the checkout stays as it is. */
export async function pack(folder: string): Promise<Packed> {
  for (const path of [...CONFIGURATION, ...CONTENT]) {
    await cp(path, join(folder, path), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const listing = await succeed(folder, 'npm', 'pack', '--json', '--no-foreground-scripts');
  const [{ filename, files }] = JSON.parse(listing) as [Listing];
  return { folder, tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** A file for each condition, or one for all. */
type Target = string | { readonly [condition: string]: Target };

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly exports: Readonly<Record<string, Target>>;
};

/** The names by which code of the package is imported. */
export const ENTRIES: readonly string[] = Object.keys(manifest.exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => path.replace('.', 'nestjs-sessions'));

/** The files that package.json names for its entries. */
export const ENTRY_FILES: readonly string[] = Object.values(manifest.exports).flatMap(filesIn);

function filesIn(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(filesIn);
}
