import {
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Clock, systemClock } from '../../core/clock.js';
import { completeOptions } from '../../core/complete-options.js';
import { type Duration, parseDuration } from '../../core/duration.js';
import { decodeRecord, encodeRecord, type SessionRecord } from '../../core/session-record.js';
import { type ExpiredDeletion, type SaveOutcome, SessionStore } from '../../core/session-store.js';
import { checkTable, connect } from './boot.js';
import { ExpiredSessions } from './expired-sessions.js';
import { PurgeSchedule } from './purge-schedule.js';
import { SessionTable } from './session-table.js';
import { SqlError } from './sql-error.js';
import { DEFAULT_TABLE, sqlTypeOf } from './sql-type.js';

/** @publicApi */
export interface TypeOrmSessionStoreOptions {
  /**
   * The table that holds the sessions, with its schema before a dot where it needs one.
   *
   * @default 'sessions'
   */
  readonly table?: string;
  /**
   * How often expired sessions are deleted, or false where something else calls `deleteExpired`. Several processes
   * may do it at once.
   *
   * @default '10m'
   */
  readonly purgeEvery?: Duration | false;
  /** @default the clock of the machine */
  readonly clock?: Clock;
}

/** Its timers keep no process alive. */
const backgroundClock: Clock = {
  ...systemClock,
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

const DEFAULTS: Required<TypeOrmSessionStoreOptions> = Object.freeze({
  table: DEFAULT_TABLE,
  purgeEvery: '10m',
  clock: backgroundClock,
});

/**
 * Keeps sessions in a table of PostgreSQL, MySQL, MariaDB or SQLite, through a data source of TypeORM. Any number of
 * processes may share it.
 *
 * As a provider it takes the data source that `TypeOrmModule.forRoot` makes. One that is not connected yet is connected
 * at boot and closed with the application.
 *
 * @publicApi
 */
@Injectable()
export class TypeOrmSessionStore
  extends SessionStore
  implements ExpiredDeletion, OnModuleInit, OnModuleDestroy, OnApplicationShutdown
{
  readonly #logger = new Logger(TypeOrmSessionStore.name);
  readonly #dataSource: DataSource;
  readonly #clock: Clock;
  readonly #table: SessionTable;
  readonly #expired: ExpiredSessions;
  readonly #purge: PurgeSchedule | undefined;
  #isOwner = false;

  constructor(dataSource: DataSource, @Optional() options: TypeOrmSessionStoreOptions = {}) {
    super();
    const { table, purgeEvery, clock } = completeOptions('TypeOrmSessionStore ', options, DEFAULTS);
    sqlTypeOf(dataSource.options.type);
    this.#dataSource = dataSource;
    this.#clock = clock;
    this.#table = new SessionTable(dataSource, table, clock);
    this.#expired = new ExpiredSessions(this.#table, clock);
    if (purgeEvery !== false) this.#purge = this.#purgeOf(purgeEvery);
  }

  override async load(key: string): Promise<SessionRecord | undefined> {
    const [row] = await this.#table.rows<{ record: string; expires_at: string | number }>(
      'loading',
      this.#table.statements.load,
      [key, this.#clock.now()],
    );
    return row && decodeRecord(row.record, Number(row.expires_at));
  }

  override async create(record: SessionRecord): Promise<boolean> {
    return (await this.#insert(record)) || this.#insertOverExpired(record);
  }

  override async save(record: SessionRecord, expectedRevision: string): Promise<SaveOutcome> {
    const { save, exists } = this.#table.statements;
    const live = [record.key, this.#clock.now()];
    const values = [...contentOf(record), ...live, expectedRevision];
    if ((await this.#table.affected('saving', save, values)) > 0) return 'saved';
    const found = await this.#table.rows('saving', exists, live);
    return found.length > 0 ? 'conflict' : 'gone';
  }

  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const values = [expiresAt, key, this.#clock.now(), revision];
    return (await this.#table.affected('touching', this.#table.statements.touch, values)) > 0;
  }

  /** An expired record is removed too: by the clock of another process, it may be alive. */
  override async delete(key: string): Promise<boolean> {
    const { deleteLive, deleteAny } = this.#table.statements;
    const live = [key, this.#clock.now()];
    if ((await this.#table.affected('deleting', deleteLive, live)) > 0) return true;
    await this.#table.affected('deleting', deleteAny, [key]);
    return false;
  }

  async deleteExpired(limit = Infinity): Promise<number> {
    return this.#expired.delete(limit);
  }

  /** Connects where nobody has, and fails the boot where there is no table. */
  async onModuleInit(): Promise<void> {
    if (!this.#dataSource.isInitialized) {
      await connect(this.#dataSource);
      this.#isOwner = true;
    }
    try {
      await checkTable(this.#table);
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
    this.#purge?.start();
  }

  /** Stops the purge; a batch that is under way is finished first. */
  async onModuleDestroy(): Promise<void> {
    await this.#purge?.stop();
  }

  /** The requests that were under way have been answered by then. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#isOwner && this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  async #insert(record: SessionRecord): Promise<boolean> {
    const values = [...contentOf(record), record.key];
    try {
      await this.#table.affected('creating', this.#table.statements.insert, values);
      return true;
    } catch (error) {
      if (error instanceof SqlError && error.isTaken) return false;
      throw error;
    }
  }

  async #insertOverExpired(record: SessionRecord): Promise<boolean> {
    const expired = [record.key, this.#clock.now()];
    const { deleteExpired } = this.#table.statements;
    const deleted = await this.#table.affected('creating', deleteExpired, expired);
    return deleted > 0 && this.#insert(record);
  }

  #purgeOf(purgeEvery: Duration): PurgeSchedule {
    const intervalMs = parseDuration('TypeOrmSessionStore purgeEvery', purgeEvery);
    return new PurgeSchedule(this.#clock, intervalMs, async (isStopped) => {
      try {
        await this.#expired.delete(Infinity, isStopped);
      } catch (error) {
        this.#logger.warn(`Expired sessions were not deleted. ${(error as Error).message}`);
      }
    });
  }
}

/** The columns beside the key, in the order of the statements. */
function contentOf(record: SessionRecord): unknown[] {
  const userId = record.kind === 'live' ? record.userId : undefined;
  return [record.revision, userId ?? null, record.expiresAt, encodeRecord(record)];
}
