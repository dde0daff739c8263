import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { recordUnreadable } from '../../core/session-errors.js';
import { PRIVATE_FOLDER, syncFolder, writeEmpty, writeThrough } from './durable.js';
import { dataNameFor, parseStateName, sizeOfData, type State, stateName } from './names.js';
import { unless } from './system-errors.js';

/**
 * What a folder holds at one instant: a state, unless the session is over, and its data. Other data is from writers
 * that are about to move the session on, or died before they did.
 *
 * @internal
 */
export interface Listing {
  readonly states: readonly State[];
  /** Every name in the folder but those of the states. */
  readonly others: readonly string[];
  /** Why this is no session, if it is none: nothing that this library writes looks so. */
  readonly flaw?: string;
}

/** How to open data: a link or a pipe in its place neither leads astray nor keeps anyone waiting. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const NOT_A_FILE = ['ELOOP', 'EMLINK', 'EISDIR', 'ENXIO', 'EAGAIN'];
const NO_BYTES = Buffer.alloc(0);
const IN_USE = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'];
// Windows says so of a folder that is not empty.
if (process.platform === 'win32') IN_USE.push('EPERM');

/**
 * The folder of one session, and the compare-and-set on it.
 *
 * A writer puts its data beside that of the others, under a name of its own, and then renames the state from exactly
 * what it saw to what it wants. The system lets one of many such renames happen: for the others the old name is gone. A
 * name holds the revision, and a revision once left never comes back. So a writer may be as late as it likes: what it
 * wants to replace is not there any more. Locks would not do. One must be taken from a process that died with it, and
 * a process that only slept would wake up, believe in its lock, and write over what came after.
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

  /** What is in the folder, or undefined where there is none. */
  async list(): Promise<Listing | undefined> {
    const listing = await this.#listOnce();
    // Where listing takes more than one system call, a file that is renamed meanwhile may be met never or twice.
    return listing && listing.states.length !== 1 ? this.#listOnce() : listing;
  }

  /** The text of a state's data, or undefined where the session has moved on. */
  async read({ dataName }: State): Promise<string | undefined> {
    const size = sizeOfData(dataName);
    const bytes = await unless(NOT_A_FILE, this.#bytesOf(dataName, size + 1), NO_BYTES);
    if (bytes && bytes.length !== size) throw recordUnreadable('its data is not of its size');
    return bytes?.toString();
  }

  /** Stores data that nobody sees yet, and gives it a name; undefined where the folder is gone. */
  async add(text: string): Promise<string | undefined> {
    const name = dataNameFor(text);
    const written = writeThrough(join(this.path, name), text).then(() => name);
    return unless(['ENOENT'], written, undefined);
  }

  /** Moves the session on, if it is in exactly the first state. One of many who try so succeeds. */
  async move(from: State, to: State): Promise<boolean> {
    const moved = rename(this.fileOf(from), this.fileOf(to));
    return unless(['ENOENT'], moved.then(isDone), false);
  }

  /**
   * Ends the session and removes what is left of it; false where it has moved on meanwhile. Of many who try so, one
   * meets the state.
   */
  async end({ states, others }: Listing): Promise<boolean> {
    const ended = await Promise.all(states.map((state) => this.#unlink(stateName(state))));
    if (!ended.every(Boolean)) return false;
    if (states.length > 0) await this.sync();
    await this.vacate(others);
    return true;
  }

  /**
   * Takes a whole folder, made elsewhere, for this session; false where there is one. The system replaces an empty
   * folder and no other.
   */
  async take(draft: string): Promise<boolean> {
    const attempt = (): Promise<boolean> =>
      unless(IN_USE, rename(draft, this.path).then(isDone), false);
    const isTaken = await unless(['ENOENT'], attempt(), undefined);
    if (isTaken !== undefined) return isTaken;
    await this.#makeParent();
    return attempt();
  }

  /** Removes files that are of no use to anyone any more. */
  async discard(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#unlink(name)));
  }

  /** Removes files and, unless others are adding some, the folder. */
  async vacate(names: readonly string[]): Promise<void> {
    await this.discard(names);
    await unless(['ENOENT', ...IN_USE], rmdir(this.path), undefined);
  }

  /** Makes what has happened in the folder outlast a power failure. */
  async sync(): Promise<void> {
    const isThere = await unless(['ENOENT'], syncFolder(this.path).then(isDone), false);
    if (!isThere) await this.syncParent();
  }

  syncParent(): Promise<void> {
    return syncFolder(dirname(this.path));
  }

  /** False where there is no such file; what is no file is not ours. */
  async #unlink(name: string): Promise<boolean> {
    return unless(['ENOENT', 'EISDIR', 'EPERM'], unlink(join(this.path, name)).then(isDone), false);
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

  /** The first bytes of a file; undefined where there is none. */
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
 * Makes a folder as {@link SessionFolder.take} wants it, and removes it again should that fail.
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

function isDone(): true {
  return true;
}
