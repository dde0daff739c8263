import { Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../core/options/clock.js';
import { periodicPurge } from '../../core/options/periodic-purge.js';
import type { RepeatedTask } from '../../core/options/repeated-task.js';
import { configInvalid } from '../../core/errors/session-errors.js';
import {
  encodeRecord,
  type LiveRecord,
  type SessionRecord,
} from '../../core/record/session-record.js';
import {
  type ExpiredDeletion,
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type UserIndex,
} from '../../core/record/session-store.js';
import { listIndexed, userIdOf } from '../../core/record/user-index.js';
import { type FileSessionStoreOptions, parseFileOptions } from './file-session-store-options.js';
import { FiledSession, type Head } from './filed-session.js';
import { nameableInstant, revisionName, userName } from './names.js';
import { Purge } from './purge.js';
import { SessionFiles } from './session-files.js';
import type { SessionFolder } from './session-folder.js';
import { reasonOf, unless, withoutPaths } from './system-errors.js';

/**
 * Keeps sessions in files below a directory. Any number of processes of one machine may share it, and their sessions
 * survive restarts, crashes and power failures.
 *
 * @publicApi
 */
export class FileSessionStore
  extends SessionStore
  implements ExpiredDeletion, UserIndex, OnModuleInit, OnModuleDestroy
{
  readonly #logger = new Logger(FileSessionStore.name);
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #files: SessionFiles;
  readonly #purge: Purge;
  readonly #purging: RepeatedTask | undefined;
  #preparation: Promise<void> | undefined;

  constructor(options: FileSessionStoreOptions) {
    super();
    const { directory, purgeEvery, clock } = parseFileOptions(options);
    this.#directory = directory;
    this.#clock = clock;
    this.#files = new SessionFiles(this.#directory);
    this.#purge = new Purge(this.#files, clock);
    this.#purging = periodicPurge({
      store: 'FileSessionStore',
      purgeEvery,
      clock,
      warn: (message) => this.#logger.warn(message),
      run: (isStopped) => withoutPaths(() => this.#purgeNow(isStopped)),
    });
  }

  /** Includes an expired record, until the purge. */
  override load(key: string): Promise<SessionRecord | undefined> {
    return this.#on(key, undefined, (session) => session.load());
  }

  override create(record: SessionRecord): Promise<boolean> {
    const [head, text] = [headOf(record), encodeRecord(record)];
    return this.#on(record.key, false, (session) => session.create(head, text));
  }

  override save(
    record: SessionRecord,
    expectedRevision: string,
    expiry: SavedExpiry = 'given',
  ): Promise<SaveOutcome> {
    const [head, text] = [headOf(record), encodeRecord(record)];
    const expected = { revision: revisionName(expectedRevision), expiry };
    return this.#on<SaveOutcome>(record.key, 'gone', (session) =>
      session.save(head, text, expected),
    );
  }

  override touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    return this.#on(key, false, (session) =>
      session.touch(nameableInstant(expiresAt), revisionName(revision)),
    );
  }

  override delete(key: string, revision?: string): Promise<boolean> {
    const expected = revision === undefined ? undefined : revisionName(revision);
    return this.#on(key, false, (session) => session.delete(expected));
  }

  listByUser(userId: string): Promise<LiveRecord[]> {
    const user = userName(userId);
    return this.#prepared(() =>
      listIndexed(
        userId,
        this.#clock,
        () => this.#files.foldersOf(user),
        (name) => this.#sessionIn(this.#files.ofName(name)).load(),
      ),
    );
  }

  deleteExpired(limit = Infinity): Promise<number> {
    return this.#prepared(() => this.#purge.run(limit));
  }

  /** Fails the boot if the directory cannot be used. */
  async onModuleInit(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      const given = `"${this.#directory}" (${reasonOf(error)})`;
      throw configInvalid(
        'FileSessionStore directory',
        'a folder that this process can make and write to',
        given,
      );
    }
  }

  /** Stops the purge, which first finishes the session it is working on. */
  async onModuleDestroy(): Promise<void> {
    await this.#purging?.stop();
  }

  /** Runs a task on the session of a key; any other text has no session. */
  #on<T>(key: string, otherwise: T, task: (session: FiledSession) => Promise<T>): Promise<T> {
    const folder = this.#files.ofKey(key);
    if (!folder) return Promise.resolve(otherwise);
    return this.#prepared(() => task(this.#sessionIn(folder)));
  }

  #sessionIn(folder: SessionFolder): FiledSession {
    return new FiledSession(folder, this.#files, this.#clock);
  }

  #prepared<T>(task: () => Promise<T>): Promise<T> {
    return withoutPaths(async () => {
      await this.#prepare();
      return task();
    });
  }

  /**
   * A session that another process has removed needs no purge; if the whole directory is missing, requests report it.
   */
  #purgeNow(isStopped: () => boolean): Promise<number> {
    return unless(['ENOENT'], this.#purge.run(Infinity, isStopped), 0);
  }

  /** Runs once, and again if that failed. */
  #prepare(): Promise<void> {
    this.#preparation ??= this.#files.prepare().then(
      () => this.#purging?.start(),
      (error: unknown) => {
        this.#preparation = undefined;
        throw error;
      },
    );
    return this.#preparation;
  }
}

function headOf(record: SessionRecord): Head {
  const userId = userIdOf(record);
  return {
    revision: revisionName(record.revision),
    expiresAt: nameableInstant(record.expiresAt),
    user: userId === undefined ? undefined : userName(userId),
    isTombstone: record.kind === 'tombstone',
  };
}
