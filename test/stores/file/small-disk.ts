import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing } from '../../support/servers.js';
import { storeDirectory } from './store-directory.js';

const BYTES = 1024 * 1024;

export interface SmallDisk {
  readonly path: string;
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives them back. */
  free(): void;
  remove(): Promise<void>;
}

/** A file system of a megabyte in memory; undefined, with the reason printed, where none can be mounted. */
export function mountSmallDisk(): SmallDisk | undefined {
  const { path, remove } = storeDirectory();
  const options = ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'tmpfs', path];
  const mounted = spawnSync('mount', options, { encoding: 'utf8' });
  if (mounted.status !== 0) {
    return missing(
      'tmpfs',
      `none can be mounted (${mounted.stderr?.trim() || 'no mount command'})`,
    );
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fill(filler),
    free: () => rmSync(filler),
    remove: async () => {
      spawnSync('umount', [path]);
      await remove();
    },
  };
}

function fill(file: string): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
