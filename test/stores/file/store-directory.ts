import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderName } from '../../../lib/stores/file/names.js';

/** A directory for a store, removed by the function that comes with it. */
export function storeDirectory(): { path: string; remove(): Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'sessions-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Every file and folder below, as paths from there, in order. */
export function treeOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** The folder of a session. */
export function folderOf(directory: string, key: string): string {
  const name = folderName(key)!;
  return join(directory, 'sessions', name.slice(0, 2), name);
}

/** The file that holds the data of a session. */
export function dataIn(directory: string, key: string): string {
  const folder = folderOf(directory, key);
  return join(
    folder,
    readdirSync(folder).find((name) => !name.includes('.'))!,
  );
}
