import type { DataSource } from 'typeorm';

/**
 * Every statement of the store, in the dialect of a database. One per operation in the ordinary case, with its
 * conditions inside: TypeORM's repositories take several times as long for the same.
 *
 * @internal
 */
export class Statements {
  readonly load: string;
  readonly insert: string;
  readonly save: string;
  readonly touch: string;
  readonly exists: string;
  readonly listByUser: string;
  readonly deleteLive: string;
  readonly deleteAny: string;
  readonly deleteLiveRevision: string;
  readonly deleteRevision: string;
  readonly deleteExpired: string;
  readonly selectExpired: string;
  readonly selectNothing: string;
  readonly #table: string;

  constructor(
    private readonly dataSource: DataSource,
    table: string,
  ) {
    this.#table = quotedTable(dataSource, table);
    const isLive = 'WHERE :key = ? AND :expires_at > ?';
    this.load = this.#sql('SELECT :record, :expires_at FROM :table WHERE :key = ?');
    this.insert = this.#sql(
      'INSERT INTO :table (:revision, :user_id, :expires_at, :record, :key) VALUES (?, ?, ?, ?, ?)',
    );
    this.save = this.#sql(
      `UPDATE :table SET :revision = ?, :user_id = ?, :expires_at = ?, :record = ? ${isLive} AND :revision = ?`,
    );
    this.touch = this.#sql(`UPDATE :table SET :expires_at = ? ${isLive} AND :revision = ?`);
    this.exists = this.#sql(`SELECT 1 FROM :table ${isLive}`);
    this.listByUser = this.#sql(
      'SELECT :record, :expires_at FROM :table WHERE :user_id = ? AND :expires_at > ?',
    );
    this.deleteLive = this.#sql(`DELETE FROM :table ${isLive}`);
    this.deleteAny = this.#sql('DELETE FROM :table WHERE :key = ?');
    this.deleteLiveRevision = this.#sql(`DELETE FROM :table ${isLive} AND :revision = ?`);
    this.deleteRevision = this.#sql('DELETE FROM :table WHERE :key = ? AND :revision = ?');
    this.deleteExpired = this.#sql('DELETE FROM :table WHERE :key = ? AND :expires_at <= ?');
    this.selectExpired = this.#sql(
      'SELECT :key FROM :table WHERE :expires_at <= ? ORDER BY :expires_at LIMIT ?',
    );
    this.selectNothing = this.#sql(
      'SELECT :key, :revision, :user_id, :expires_at, :record FROM :table WHERE 1 = 0',
    );
  }

  /** Removes as many keys, those of them that are still expired. */
  deleteAllExpired(count: number): string {
    const keys = Array.from({ length: count }, () => '?').join(', ');
    return this.#sql(`DELETE FROM :table WHERE :key IN (${keys}) AND :expires_at <= ?`);
  }

  /** Quotes names, which begin with a colon, and numbers the parameters where the dialect does. */
  #sql(text: string): string {
    const { driver } = this.dataSource;
    let count = 0;
    return text
      .replaceAll(/:(\w+)/g, (_, name: string) =>
        name === 'table' ? this.#table : driver.escape(name),
      )
      .replaceAll('?', () => driver.createParameter('', count++));
  }
}

/** With the schema where the name, or the data source, says one. */
function quotedTable({ driver }: DataSource, table: string): string {
  const { tableName, schema, database } = driver.parseTableName(table);
  return driver
    .buildTableName(tableName, schema, database)
    .split('.')
    .map((part) => driver.escape(part))
    .join('.');
}
