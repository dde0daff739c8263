import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { PURGE_STEP_MS } from './purge-time.js';
import { quotedTable } from './quoted-table.js';
import { DEFAULT_TABLE, indexName, sqlTypeOf } from './sql-type.js';

/** Leaves room on each page of PostgreSQL for the next version of a row, which then needs no entry in any index. */
const FILL_FACTOR = 90;

/**
 * Gives the table of `CreateSessions` a column for the purge, in place of the index on the expiry. Servers that do not
 * know the column yet keep working. For a table of another name, extend it like `CreateSessions`.
 *
 * @publicApi
 */
export class AddPurgeTime1795305600000 implements MigrationInterface {
  /** The name of the table, with that of its schema before a dot if it needs one. */
  readonly table: string = DEFAULT_TABLE;

  /** Adds the column, fills it, and moves the index. */
  async up(queryRunner: QueryRunner): Promise<void> {
    const column = new TableColumn({ name: 'purge_at', type: 'bigint', default: '0' });
    await queryRunner.addColumn(this.table, column);
    const table = quotedTable(dataSourceOf(queryRunner), this.table);
    await queryRunner.query(
      `UPDATE ${table} SET purge_at = expires_at - expires_at % ${PURGE_STEP_MS} + ${PURGE_STEP_MS}`,
    );
    await this.#swapIndex(queryRunner, 'expires_at', 'purge_at');
    await this.#onPostgres(queryRunner, `SET (fillfactor = ${FILL_FACTOR})`);
  }

  /** Reverts the table to its previous form. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await this.#onPostgres(queryRunner, 'RESET (fillfactor)');
    await this.#swapIndex(queryRunner, 'purge_at', 'expires_at');
    await queryRunner.dropColumn(this.table, 'purge_at');
  }

  async #swapIndex(queryRunner: QueryRunner, from: string, to: string): Promise<void> {
    const index = new TableIndex({ name: indexName(this.table, to), columnNames: [to] });
    await queryRunner.createIndex(this.table, index);
    await queryRunner.dropIndex(this.table, indexName(this.table, from));
  }

  async #onPostgres(queryRunner: QueryRunner, change: string): Promise<void> {
    if (sqlTypeOf(dataSourceOf(queryRunner).options.type) !== 'postgres') return;
    const table = quotedTable(dataSourceOf(queryRunner), this.table);
    await queryRunner.query(`ALTER TABLE ${table} ${change}`);
  }
}
