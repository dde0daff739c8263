import { readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, syncFolder, writeEmpty } from './durable.js';
import { userOf } from './names.js';
import { succeeds, unless } from './system-errors.js';

const LISTED = /^([0-9a-f]{66})\.[0-9a-f]{16}$/;
const MAX_TRIES = 10;
const NO_EMPTY_FOLDER = ['ENOENT', 'ENOTEMPTY', 'EEXIST'];

/**
 * Empty files that name the sessions of a user, in one folder per user.
 *
 * A session gets an entry each time a user gets the session, under a name that no entry has had before. The name of the
 * session's state refers to it. A writer adds the entry before the first state that refers to it, and removes it after
 * the session has left the last one. A crash therefore leaves a surplus entry, for the purge to remove, and never a
 * missing one.
 *
 * However late an entry is removed, no session relies on it. A writer keeps an entry only by replacing a state that
 * refers to it, and a writer that gives a session back to its user adds another. No later state refers to an abandoned
 * entry.
 *
 * The tombstone of a rotation keeps the entry of the session it replaces. Listing a folder is not atomic: it may miss
 * the new entry, which was added meanwhile. It then has to find the old one, so that it looks again.
 *
 * @internal
 */
export class UserEntries {
  constructor(private readonly path: string) {}

  /** @param other an empty file of which the entry may become a further name */
  async add(folder: string, entry: string, other: string): Promise<void> {
    const path = this.#pathOf(folder, entry);
    const list = dirname(path);
    // A writer that removes the last entry may remove the folder between the steps.
    for (let tries = 1; ; tries++) {
      await makeFolder(list);
      const written = writeEmpty(path, other).then(() => syncFolder(list));
      if (await succeeds(tries < MAX_TRIES ? ['ENOENT'] : [], written)) break;
    }
    for (const parent of [dirname(list), this.path]) await syncFolder(parent);
  }

  /** The folders of the sessions that a user may have; undefined if the user has no list. */
  async of(user: string): Promise<readonly string[] | undefined> {
    const names = await unless(['ENOENT'], readdir(this.#listOf(user)), undefined);
    return names && [...new Set(names.flatMap((name) => LISTED.exec(name)?.[1] ?? []))];
  }

  async remove(folder: string, entry: string): Promise<void> {
    await unless(['ENOENT'], unlink(this.#pathOf(folder, entry)), undefined);
    await unless(NO_EMPTY_FOLDER, rmdir(this.#listOf(userOf(entry))), undefined);
  }

  #pathOf(folder: string, entry: string): string {
    const user = userOf(entry);
    return join(this.#listOf(user), `${folder}${entry.slice(user.length)}`);
  }

  #listOf(user: string): string {
    return join(this.path, user.slice(0, 2), user);
  }
}
