import {
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { backgroundClock } from '../../core/options/clock.js';
import { periodicPurge } from '../../core/options/periodic-purge.js';
import type { RepeatedTask } from '../../core/options/repeated-task.js';
import type { LiveRecord, SessionRecord } from '../../core/record/session-record.js';
import {
  type ExpiredDeletion,
  type SavedExpiry,
  type SaveOutcome,
  SessionStore,
  type StoreTime,
  type UserIndex,
} from '../../core/record/session-store.js';
import { isTheirs, lookFor } from '../../core/record/user-index.js';
import { checkTable, connect } from './boot.js';
import { ExpiredSessions } from './expired-sessions.js';
import { purgeTimeOf } from './purge-time.js';
import { SessionTable } from './session-table.js';
import { SqlError } from './sql-error.js';
import { USER_ID_LENGTH } from './sql-type.js';
import { columnsOf, recordIn, type StoredRow } from './stored-row.js';
import {
  completeTypeOrmOptions,
  type TypeOrmSessionStoreOptions,
} from './typeorm-session-store-options.js';

/**
 * Keeps sessions in a table of PostgreSQL, MySQL, MariaDB or SQLite, through a data source of TypeORM. Any number of
 * processes may share it.
 *
 * As a provider it takes the data source that `TypeOrmModule.forRoot` makes. It connects an unconnected one at boot,
 * and closes that one with the application.
 *
 * @publicApi
 */
@Injectable()
export class TypeOrmSessionStore
  extends SessionStore
  implements
    ExpiredDeletion,
    StoreTime,
    UserIndex,
    OnModuleInit,
    OnModuleDestroy,
    OnApplicationShutdown
{
  readonly #logger = new Logger(TypeOrmSessionStore.name);
  readonly #dataSource: DataSource;
  readonly #table: SessionTable;
  readonly #expired: ExpiredSessions;
  readonly #purge: RepeatedTask | undefined;
  #isOwner = false;

  constructor(dataSource: DataSource, @Optional() options: TypeOrmSessionStoreOptions = {}) {
    super();
    const { table, purgeEvery, clock } = completeTypeOrmOptions(options);
    this.#dataSource = dataSource;
    this.#table = new SessionTable(dataSource, table, clock);
    this.#expired = new ExpiredSessions(this.#table);
    this.#purge = periodicPurge({
      store: 'TypeOrmSessionStore',
      purgeEvery,
      clock: clock ?? backgroundClock,
      warn: (message) => this.#logger.warn(message),
      run: (isStopped) => this.#expired.purge(isStopped),
    });
  }

  /** Includes an expired record, until the purge. */
  override async load(key: string): Promise<SessionRecord | undefined> {
    const { load } = this.#table.statements;
    const [row] = await this.#table.rows<StoredRow>('loading', load, { key });
    return row && recordIn(row);
  }

  override async create(record: SessionRecord): Promise<boolean> {
    return (await this.#insert(record)) || this.#insertOverExpired(record);
  }

  override async save(
    record: SessionRecord,
    expectedRevision: string,
    expiry: SavedExpiry = 'given',
  ): Promise<SaveOutcome> {
    const { save, exists } = this.#table.statements;
    const values = { ...columnsOf(record), expected: expectedRevision };
    if ((await this.#table.affected('saving', save[expiry], values)) > 0) return 'saved';
    const found = await this.#table.rows('saving', exists, { key: record.key });
    return found.length > 0 ? 'conflict' : 'gone';
  }

  /** A touch that does not move the expiry writes nothing, and looks for the record instead. */
  override async touch(key: string, expiresAt: number, revision: string): Promise<boolean> {
    const { touch, existsRevision } = this.#table.statements;
    const values = { key, expiresAt, purgeAt: purgeTimeOf(expiresAt), expected: revision };
    if ((await this.#table.affected('touching', touch, values)) > 0) return true;
    return (await this.#table.rows('touching', existsRevision, values)).length > 0;
  }

  /** Removes an expired record too, so that none is left to come back to life. */
  override async delete(key: string, revision?: string): Promise<boolean> {
    const { statements } = this.#table;
    const [live, any] =
      revision === undefined
        ? [statements.deleteLive, statements.deleteAny]
        : [statements.deleteLiveRevision, statements.deleteRevision];
    const values = { key, expected: revision };
    if ((await this.#table.affected('deleting', live, values)) > 0) return true;
    await this.#table.affected('deleting', any, values);
    return false;
  }

  /** Databases match more user ids than this library does: `ann ` for `ann` in MariaDB. */
  async listByUser(userId: string): Promise<LiveRecord[]> {
    const { listByUser } = this.#table.statements;
    const rows = await this.#table.rows<StoredRow>('listing by user', listByUser, {
      userId: userId.slice(0, USER_ID_LENGTH),
    });
    const sights = await Promise.all(rows.map((row) => lookFor(userId, () => recordIn(row))));
    return sights.filter(isTheirs);
  }

  async currentTime(): Promise<number> {
    const { selectTime } = this.#table.statements;
    const [row] = await this.#table.rows<{ now: string | number }>('asking the time', selectTime);
    return Number(row?.now);
  }

  /**
   * Runs at once, and therefore scans the live sessions of the half-hour too; the timer waits for the half-hour to end.
   */
  async deleteExpired(limit = Infinity): Promise<number> {
    return this.#expired.delete(limit);
  }

  /** Connects an unconnected data source, and fails the boot if there is no table. */
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

  /** Stops the purge, which first finishes a batch under way. */
  async onModuleDestroy(): Promise<void> {
    await this.#purge?.stop();
  }

  /** Runs after the requests under way have been answered. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#isOwner && this.#dataSource.isInitialized) await this.#dataSource.destroy();
  }

  async #insert(record: SessionRecord): Promise<boolean> {
    const { insert } = this.#table.statements;
    try {
      await this.#table.affected('creating', insert, columnsOf(record));
      return true;
    } catch (error) {
      if (error instanceof SqlError && error.isTaken) return false;
      throw error;
    }
  }

  async #insertOverExpired(record: SessionRecord): Promise<boolean> {
    const { deleteExpired } = this.#table.statements;
    const deleted = await this.#table.affected('creating', deleteExpired, { key: record.key });
    return deleted > 0 && this.#insert(record);
  }
}
