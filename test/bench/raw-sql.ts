import { createPool } from 'mysql2/promise';
import type { LiveRecord } from 'nestjs-sessions';
import { Pool } from 'pg';

/** The statements of the store, hand-written over a driver: what they cost at least. */
export class RawSql {
  readonly #load: string;
  readonly #create: string;
  readonly #save: string;
  readonly #touch: string;
  readonly #delete: string;

  constructor(
    private readonly driver: RawDriver,
    table: string,
  ) {
    const key = driver.quote('key');
    const live = `WHERE ${key} = ? AND expires_at > ?`;
    const columns = `revision, user_id, expires_at, record`;
    this.#load = driver.dialect(`SELECT record, expires_at FROM ${table} ${live}`);
    this.#create = driver.dialect(
      `INSERT INTO ${table} (${columns}, ${key}) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#save = driver.dialect(
      `UPDATE ${table} SET revision = ?, user_id = ?, expires_at = ?, record = ? ${live} AND revision = ?`,
    );
    this.#touch = driver.dialect(`UPDATE ${table} SET expires_at = ? ${live} AND revision = ?`);
    this.#delete = driver.dialect(`DELETE FROM ${table} ${live}`);
  }

  async load(key: string): Promise<unknown> {
    const [row] = await this.driver.rows(this.#load, [key, Date.now()]);
    return row && { ...(JSON.parse(row.record) as object), expiresAt: Number(row.expires_at) };
  }

  create(record: LiveRecord): Promise<unknown> {
    return this.driver.affected(this.#create, [...contentOf(record), record.key]);
  }

  save(record: LiveRecord, revision: string): Promise<unknown> {
    const live = [record.key, Date.now()];
    return this.driver.affected(this.#save, [...contentOf(record), ...live, revision]);
  }

  touch(key: string, expiresAt: number, revision: string): Promise<unknown> {
    return this.driver.affected(this.#touch, [expiresAt, key, Date.now(), revision]);
  }

  delete(key: string): Promise<unknown> {
    return this.driver.affected(this.#delete, [key, Date.now()]);
  }
}

function contentOf(record: LiveRecord): unknown[] {
  return [record.revision, null, record.expiresAt, JSON.stringify(record)];
}

interface Row {
  readonly record: string;
  readonly expires_at: string | number;
}

export interface RawDriver {
  quote(name: string): string;
  dialect(sql: string): string;
  rows(sql: string, values: unknown[]): Promise<Row[]>;
  affected(sql: string, values: unknown[]): Promise<number>;
  end(): Promise<void>;
}

export function pgDriver(url: string): RawDriver {
  const pool = new Pool({ connectionString: url });
  return {
    quote: (name) => `"${name}"`,
    dialect: (sql) => {
      let count = 0;
      return sql.replaceAll('?', () => `$${++count}`);
    },
    rows: async (sql, values) => (await pool.query<Row>(sql, values)).rows,
    affected: async (sql, values) => (await pool.query(sql, values)).rowCount ?? 0,
    end: () => pool.end(),
  };
}

export function mysql2Driver(url: string): RawDriver {
  const pool = createPool(url);
  return {
    quote: (name) => `\`${name}\``,
    dialect: (sql) => sql,
    rows: async (sql, values) => (await pool.query(sql, values))[0] as unknown as Row[],
    affected: async (sql, values) =>
      ((await pool.query(sql, values))[0] as { affectedRows: number }).affectedRows,
    end: () => pool.end(),
  };
}
