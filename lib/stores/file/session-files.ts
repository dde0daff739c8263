import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, syncFolder } from './durable.js';
import { ExpiryMarkers } from './expiry-markers.js';
import { folderName, freshName, type State } from './names.js';
import { type Listing, makeDraft, SessionFolder } from './session-folder.js';
import { unless } from './system-errors.js';
import { UserEntries } from './user-entries.js';

/** An older draft has no writer any more: a store call is over after seconds. */
const STRAY_AFTER_MS = 10 * 60_000;

/** The next state of a session, and the one it replaces, if any. */
interface Transition {
  readonly from?: State;
  readonly to: Omit<State, 'dataName'>;
  readonly stateFile: string;
}

/**
 * The layout of the store's directory:
 *
 *     sessions/<two letters>/<name>/   a folder per session
 *     expiry/<minute>/                 sessions by expiry, see ExpiryMarkers
 *     users/<two letters>/<user>/      sessions by user, see UserEntries
 *     drafts/                          folders of new sessions, until they are whole
 *
 * @internal
 */
export class SessionFiles {
  readonly markers: ExpiryMarkers;
  readonly users: UserEntries;
  readonly #sessions: string;
  readonly #drafts: string;

  constructor(private readonly directory: string) {
    this.#sessions = join(directory, 'sessions');
    this.#drafts = join(directory, 'drafts');
    this.markers = new ExpiryMarkers(join(directory, 'expiry'));
    this.users = new UserEntries(join(directory, 'users'));
  }

  /** Makes the directory, proves that it is writable, and removes the leftovers of writers that died. */
  async prepare(): Promise<void> {
    for (const folder of ['sessions', 'expiry', 'users', 'drafts']) {
      await makeFolder(join(this.directory, folder));
    }
    await syncFolder(this.directory);
    const draft = await this.draft({ revision: 'none', dataName: 'none', expiresAt: 0 }, '');
    await rm(draft, { recursive: true });
    await this.#sweepDrafts();
  }

  /** The folder of a key, or undefined for an invalid key. */
  ofKey(key: string): SessionFolder | undefined {
    const name = folderName(key);
    return name === undefined ? undefined : this.ofName(name);
  }

  ofName(name: string): SessionFolder {
    return new SessionFolder(join(this.#sessions, name.slice(0, 2), name));
  }

  /** The names of the folders of the sessions that a user may have. */
  async foldersOf(user: string): Promise<readonly string[]> {
    const folders = await this.users.of(user);
    if (!folders) await this.assertPresent();
    return folders ?? [];
  }

  /** Makes the folder of a new session among the drafts, where no reader looks. */
  async draft(state: State, text: string): Promise<string> {
    const path = join(this.#drafts, freshName());
    await makeDraft(path, state, text);
    return path;
  }

  /**
   * Adds a session's marker and entry, for the purge and for its user, before the session enters a state. The marker
   * comes first: an entry without one would never be purged.
   *
   * @param stateFile the future file of that state: the marker and the entry are further names of it
   */
  async announce(folder: string, { from, to, stateFile }: Transition): Promise<void> {
    const { expiresAt, entry } = to;
    const isNew = entry !== undefined && entry !== from?.entry;
    const isInTime = from && this.markers.isInTime(from.expiresAt, expiresAt);
    if (isNew || !isInTime) await this.markers.add({ folder, expiresAt, entry }, stateFile);
    if (isNew) await this.users.add(folder, entry, stateFile);
  }

  /** Ends a session and takes it off the list of its user; false if its state has changed meanwhile. */
  async end(folder: SessionFolder, listing: Listing): Promise<boolean> {
    if (!(await folder.end(listing))) return false;
    for (const { entry } of listing.states) await this.unlist(folder, entry);
    return true;
  }

  /** Removes the entry of a session that has left it for good. */
  async unlist({ name }: SessionFolder, entry: string | undefined): Promise<void> {
    if (entry !== undefined) await this.users.remove(name, entry);
  }

  /**
   * Rejects if the folder of all sessions is missing: on an unmounted volume, every session would seem to have ended.
   */
  async assertPresent(): Promise<void> {
    await stat(this.#sessions);
  }

  async #sweepDrafts(): Promise<void> {
    for (const name of await readdir(this.#drafts)) {
      const path = join(this.#drafts, name);
      const status = await unless(['ENOENT'], stat(path), undefined);
      if (status && Date.now() - status.mtimeMs > STRAY_AFTER_MS) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}
