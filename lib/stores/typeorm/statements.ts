import type { DataSource } from 'typeorm';
import { CLOCK_TOLERANCE_MS } from '../../core/options/clock.js';
import type { SavedExpiry } from '../../core/record/session-store.js';
import { PURGE_STEP_MS } from './purge-time.js';
import { quotedTable } from './quoted-table.js';
import { stateColumn } from './run-on-mysql.js';
import { sqlTypeOf } from './sql-type.js';

/**
 * A statement in the dialect of a database, and the names of its parameters in their order.
 *
 * @internal
 */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/**
 * Every statement of the store, in the dialect of a database. Usually one per operation, with its conditions inside:
 * TypeORM's repositories take several times as long for the same.
 *
 * @internal
 */
export class Statements {
  readonly load: Statement;
  readonly insert: Statement;
  readonly save: Readonly<Record<SavedExpiry, Statement>>;
  readonly touch: Statement;
  readonly exists: Statement;
  readonly existsRevision: Statement;
  readonly listByUser: Statement;
  readonly deleteLive: Statement;
  readonly deleteAny: Statement;
  readonly deleteLiveRevision: Statement;
  readonly deleteRevision: Statement;
  readonly deleteExpired: Statement;
  readonly selectExpired: Statement;
  readonly selectLongExpired: Statement;
  readonly selectTime: Statement;
  readonly #table: string;
  readonly #isPurgeable: string;

  /** @param now an expression for the current instant: a parameter `$now`, or a function of the database */
  constructor(
    private readonly dataSource: DataSource,
    table: string,
    now: string,
  ) {
    this.#table = quotedTable(dataSource, table);
    this.#isPurgeable = `:expires_at <= (SELECT ${now} - ${CLOCK_TOLERANCE_MS})`;
    const type = sqlTypeOf(dataSource.options.type);
    const stored = `SELECT :record, :expires_at${stateColumn(type)} FROM :table`;
    const isLive = `WHERE :key = $key AND :expires_at > ${now}`;
    const saving = (expiresAt: string, purgeAt: string) =>
      `UPDATE :table SET :revision = $revision, :user_id = $userId, :expires_at = ${expiresAt},
       :purge_at = ${purgeAt}, :record = $record ${isLive} AND :revision = $expected`;
    this.load = this.#sql(`${stored} WHERE :key = $key`);
    this.insert = this.#sql(
      `INSERT INTO :table (:key, :revision, :user_id, :expires_at, :purge_at, :record)
       VALUES ($key, $revision, $userId, $expiresAt, $purgeAt, $record)`,
    );
    const latest = type === 'better-sqlite3' ? 'MAX' : 'GREATEST';
    this.save = {
      given: this.#sql(saving('$expiresAt', '$purgeAt')),
      latest: this.#sql(
        saving(`${latest}(:expires_at, $expiresAt)`, `${latest}(:purge_at, $purgeAt)`),
      ),
    };
    this.touch = this.#sql(
      `UPDATE :table SET :expires_at = $expiresAt, :purge_at = $purgeAt
       ${isLive} AND :revision = $expected AND :expires_at < $expiresAt`,
    );
    this.exists = this.#sql(`SELECT 1 FROM :table ${isLive}`);
    this.existsRevision = this.#sql(`SELECT 1 FROM :table ${isLive} AND :revision = $expected`);
    this.listByUser = this.#sql(`${stored} WHERE :user_id = $userId AND :expires_at > ${now}`);
    this.deleteLive = this.#sql(`DELETE FROM :table ${isLive}`);
    this.deleteAny = this.#sql('DELETE FROM :table WHERE :key = $key');
    this.deleteLiveRevision = this.#sql(`DELETE FROM :table ${isLive} AND :revision = $expected`);
    this.deleteRevision = this.#sql(
      'DELETE FROM :table WHERE :key = $key AND :revision = $expected',
    );
    this.deleteExpired = this.#sql(
      `DELETE FROM :table WHERE :key = $key AND :expires_at <= ${now}`,
    );
    this.selectExpired = this.#selectExpired(`${now} + ${PURGE_STEP_MS - CLOCK_TOLERANCE_MS}`);
    // In a half-hour that is over, all have expired: the index alone decides.
    this.selectLongExpired = this.#selectExpired(`${now} - ${CLOCK_TOLERANCE_MS}`);
    this.selectTime = this.#sql(`SELECT ${now} AS :now`);
  }

  /** A sub-query, since PostgreSQL uses no index for a function whose value may differ from row to row. */
  #selectExpired(purgedUntil: string): Statement {
    return this.#sql(
      `SELECT :key FROM :table WHERE :purge_at <= (SELECT ${purgedUntil})
       AND ${this.#isPurgeable} ORDER BY :purge_at LIMIT $count`,
    );
  }

  /** Of `count` keys (`key0` and so on), removes the ones that are still expired. */
  deleteAllExpired(count: number): Statement {
    const keys = Array.from({ length: count }, (_, n) => `$key${n}`).join(', ');
    return this.#sql(`DELETE FROM :table WHERE :key IN (${keys}) AND ${this.#isPurgeable}`);
  }

  /** Finds nothing, and fails if a column is missing. SQLite treats the bare name of a missing one as a text. */
  selectNothing(columns: readonly string[]): Statement {
    const names = columns.map((column) => `t.:${column}`).join(', ');
    return this.#sql(`SELECT ${names} FROM :table t WHERE 1 = 0`);
  }

  /** Quotes names, which begin with a colon, and writes parameters, which begin with a dollar, in the dialect. */
  #sql(text: string): Statement {
    const { driver } = this.dataSource;
    const parameters: string[] = [];
    const named = (name: string) => (name === 'table' ? this.#table : driver.escape(name));
    const sql = text.replaceAll(/\s+|:(\w+)|\$(\w+)/g, (_, name?: string, parameter?: string) => {
      if (parameter) return driver.createParameter('', parameters.push(parameter) - 1);
      return name ? named(name) : ' ';
    });
    return { sql, parameters };
  }
}
