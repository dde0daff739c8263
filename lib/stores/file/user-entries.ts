import { access, readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, syncFolder, writeEmpty } from './durable.js';
import type { ExpiryMarkers } from './expiry-markers.js';
import { type Appointment, markerName, parseMarkerName } from './names.js';
import { unless } from './system-errors.js';

/** A session on the list of a user, until its absolute limit. */
export type UserEntry = Appointment & { readonly user: string };

const MAX_TRIES = 10;
const NO_EMPTY_FOLDER = ['ENOENT', 'ENOTEMPTY', 'EEXIST'];

/**
 * Empty files that name the sessions of a user, in one folder per user. They are hints: each is written before its
 * session belongs to the user, and stays until the absolute limit whatever becomes of the session.
 *
 * @internal
 */
export class UserEntries {
  constructor(
    private readonly path: string,
    private readonly markers: ExpiryMarkers,
  ) {}

  /** Adds an entry, to last from now on. */
  async add(entry: UserEntry): Promise<void> {
    const path = this.#pathOf(entry);
    if (await unless(['ENOENT'], access(path).then(isDone), false)) return;
    // Before the entry is there: one without a marker would never be purged.
    await this.markers.add(entry);
    const folder = dirname(path);
    // Whoever purges may remove the folder between the steps.
    for (let tries = 1; ; tries++) {
      await makeFolder(folder);
      const written = writeEmpty(path).then(() => syncFolder(folder));
      if (await unless(tries < MAX_TRIES ? ['ENOENT'] : [], written.then(isDone), false)) break;
    }
    for (const parent of [dirname(folder), this.path]) await syncFolder(parent);
  }

  /** The folders of the sessions that a user may have; undefined where no user has a list. */
  async of(user: string, now: number): Promise<readonly string[] | undefined> {
    const names = await unless(['ENOENT'], readdir(this.#folderOf(user)), undefined);
    if (!names) return undefined;
    const entries = names.flatMap((name) => parseMarkerName(name) ?? []);
    return [
      ...new Set(entries.filter(({ expiresAt }) => expiresAt > now).map(({ folder }) => folder)),
    ];
  }

  async remove(entry: UserEntry): Promise<void> {
    await unless(['ENOENT'], unlink(this.#pathOf(entry)), undefined);
    await unless(NO_EMPTY_FOLDER, rmdir(this.#folderOf(entry.user)), undefined);
  }

  #pathOf({ user, folder, expiresAt }: UserEntry): string {
    return join(this.#folderOf(user), markerName({ folder, expiresAt }));
  }

  #folderOf(user: string): string {
    return join(this.path, user.slice(0, 2), user);
  }
}

function isDone(): true {
  return true;
}
