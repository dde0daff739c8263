import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unless } from './system-errors.js';

/** @internal */
export const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Makes a folder and its missing parents. Node's `recursive` never ends inside a folder that accepts no other, such as
 * /proc.
 *
 * @internal
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () => unless(['EEXIST'], mkdir(path, PRIVATE_FOLDER), undefined).then(() => true);
  if (await unless(['ENOENT'], make(), false)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await make();
}

/**
 * Writes a new file through to the disk, or leaves none.
 *
 * @internal
 */
export async function writeThrough(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: PRIVATE_FILE, flush: true });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * Makes an empty file: a further name of another empty file, which takes no inode, or a new file if that is impossible.
 *
 * @internal
 */
export async function writeEmpty(path: string, other?: string): Promise<void> {
  if (other !== undefined && (await isLinked(other, path))) return;
  const file = await open(path, 'w', PRIVATE_FILE);
  await file.close();
}

/**
 * Makes added, changed and removed names of a folder survive a power failure.
 *
 * @internal
 */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isLinked(path: string, name: string): Promise<boolean> {
  return link(path, name).then(
    () => true,
    () => false,
  );
}
