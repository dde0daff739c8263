import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { recordUnreadable } from '../../core/errors/session-errors.js';
import { PRIVATE_FOLDER, syncFolder, writeEmpty, writeThrough } from './durable.js';
import { dataNameFor, parseStateName, sizeOfData, type State, stateName } from './names.js';
import { succeeds, unless } from './system-errors.js';

/**
 * The contents of a folder at one instant: a state, unless the session is over, and its data. Other data belongs to
 * writers that are about to change the state, or died before they did.
 *
 * @internal
 */
export interface Listing {
  readonly states: readonly State[];
  /** Every name in the folder except the states. */
  readonly others: readonly string[];
  /** Why the folder holds no session, if it does not: this library writes nothing of that kind. */
  readonly flaw?: string;
}

/** Flags for opening data: a link in its place is not followed, and a pipe in its place does not block. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const NOT_A_FILE = ['ELOOP', 'EMLINK', 'EISDIR', 'ENXIO', 'EAGAIN'];
const NO_BYTES = Buffer.alloc(0);
const IN_USE = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'];
// The code that Windows uses for a folder that is not empty.
if (process.platform === 'win32') IN_USE.push('EPERM');

/**
 * The folder of one session, and the compare-and-set on it.
 *
 * A writer puts its data beside that of the others, under a name of its own. It then renames the state from the exact
 * name it read to the new one. The system lets one of several such renames succeed: for the others the old name is
 * gone. A name holds the revision, and a revision never returns. A writer may therefore be arbitrarily late: the state
 * it wants to replace no longer exists.
 *
 * Locks would not do. A process that dies leaves its lock to be broken. A process that only slept would wake up, rely
 * on its lock, and overwrite later writes.
 *
 * @internal
 */
export class SessionFolder {
  constructor(readonly path: string) {}

  get name(): string {
    return basename(this.path);
  }

  /** The file whose name is a state. */
  fileOf(state: State): string {
    return join(this.path, stateName(state));
  }

  /** The contents of the folder, or undefined if there is none. */
  async list(): Promise<Listing | undefined> {
    const listing = await this.#listOnce();
    // If listing takes several system calls, it may miss a file that is renamed meanwhile, or list it twice.
    return listing && listing.states.length !== 1 ? this.#listOnce() : listing;
  }

  /** The text of a state's data, or undefined if the session has another state. */
  async read({ dataName }: State): Promise<string | undefined> {
    const size = sizeOfData(dataName);
    const bytes = await unless(NOT_A_FILE, this.#bytesOf(dataName, size + 1), NO_BYTES);
    if (bytes && bytes.length !== size) throw recordUnreadable('its data is not of its size');
    return bytes?.toString();
  }

  /** Stores data that no state refers to yet, and gives it a name; undefined if the folder is gone. */
  async add(text: string): Promise<string | undefined> {
    const name = dataNameFor(text);
    const written = writeThrough(join(this.path, name), text).then(() => name);
    return unless(['ENOENT'], written, undefined);
  }

  /** Changes the state, if it is exactly the first one. Of several concurrent calls, one succeeds. */
  async move(from: State, to: State): Promise<boolean> {
    const moved = rename(this.fileOf(from), this.fileOf(to));
    return succeeds(['ENOENT'], moved);
  }

  /**
   * Ends the session and removes its files; false if its state has changed meanwhile. Of several concurrent calls, one
   * succeeds.
   */
  async end({ states, others }: Listing): Promise<boolean> {
    const ended = await Promise.all(states.map((state) => this.#unlink(stateName(state))));
    if (!ended.every(Boolean)) return false;
    if (states.length > 0) await this.sync();
    await this.vacate(others);
    return true;
  }

  /**
   * Moves a complete folder, made elsewhere, into place for this session; false if there is one. The system replaces
   * only an empty folder.
   */
  async take(draft: string): Promise<boolean> {
    const attempt = (): Promise<boolean> => succeeds(IN_USE, rename(draft, this.path));
    const isTaken = await unless(['ENOENT'], attempt(), undefined);
    if (isTaken !== undefined) return isTaken;
    await this.#makeParent();
    return attempt();
  }

  /** Removes files that no process needs. */
  async discard(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#unlink(name)));
  }

  /** Removes files and, unless other processes are adding some, the folder. */
  async vacate(names: readonly string[]): Promise<void> {
    await this.discard(names);
    await unless(['ENOENT', ...IN_USE], rmdir(this.path), undefined);
  }

  /** Makes the changes in the folder survive a power failure. */
  async sync(): Promise<void> {
    const isThere = await succeeds(['ENOENT'], syncFolder(this.path));
    if (!isThere) await this.syncParent();
  }

  syncParent(): Promise<void> {
    return syncFolder(dirname(this.path));
  }

  /** False if there is no such file; only files belong to the store. */
  async #unlink(name: string): Promise<boolean> {
    return succeeds(['ENOENT', 'EISDIR', 'EPERM'], unlink(join(this.path, name)));
  }

  async #listOnce(): Promise<Listing | undefined> {
    const entries = await unless(['ENOTDIR'], this.#entries(), 'a file stands in its place');
    if (typeof entries === 'string') return { states: [], others: [], flaw: entries };
    if (!entries) return undefined;
    const named = entries.map((entry) => ({
      name: entry.name,
      state: entry.isFile() ? parseStateName(entry.name) : undefined,
    }));
    const states = named.flatMap(({ state }) => state ?? []);
    const others = named.filter(({ state }) => !state).map(({ name }) => name);
    return states.length > 1 ? { states, others, flaw: 'there are two of it' } : { states, others };
  }

  #entries(): Promise<Dirent[] | undefined> {
    return unless(['ENOENT'], readdir(this.path, { withFileTypes: true }), undefined);
  }

  /** The first bytes of a file; undefined if there is none. */
  async #bytesOf(name: string, atMost: number): Promise<Buffer | undefined> {
    const file = await unless(['ENOENT'], open(join(this.path, name), READ), undefined);
    if (!file) return undefined;
    try {
      const buffer = Buffer.allocUnsafe(atMost);
      const { bytesRead } = await file.read(buffer, 0, atMost, null);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async #makeParent(): Promise<void> {
    const parent = dirname(this.path);
    await unless(['EEXIST'], mkdir(parent, PRIVATE_FOLDER), undefined);
    await syncFolder(dirname(parent));
  }
}

/**
 * Makes a folder for {@link SessionFolder.take}, and removes it again if that fails.
 *
 * @internal
 */
export async function makeDraft(path: string, state: State, text: string): Promise<void> {
  await mkdir(path, PRIVATE_FOLDER);
  try {
    await writeEmpty(join(path, stateName(state)));
    await writeThrough(join(path, state.dataName), text);
    await syncFolder(path);
  } catch (error) {
    await rm(path, { force: true, recursive: true });
    throw error;
  }
}
