import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { dataSourceOf } from './data-source-of.js';
import { DEFAULT_TABLE, indexName, sqlTypeOf, textTypes, USER_ID_LENGTH } from './sql-type.js';

/**
 * Creates the table that `TypeOrmSessionStore` needs, with its indices. For a table of another name, extend it,
 * override `table`, and give the class a time stamp of its own.
 *
 * @publicApi
 */
export class CreateSessions1795219200000 implements MigrationInterface {
  /** The name of the table, with that of its schema before a dot if it needs one. */
  readonly table: string = DEFAULT_TABLE;

  /** Creates the table. */
  async up(queryRunner: QueryRunner): Promise<void> {
    const { ascii, unicode, long } = textTypes(sqlTypeOf(dataSourceOf(queryRunner).options.type));
    await queryRunner.createTable(
      new Table({
        name: this.table,
        columns: [
          { name: 'key', type: 'varchar', length: '64', isPrimary: true, ...ascii },
          { name: 'revision', type: 'varchar', length: '64', ...ascii },
          {
            name: 'user_id',
            type: 'varchar',
            length: String(USER_ID_LENGTH),
            isNullable: true,
            ...unicode,
          },
          { name: 'expires_at', type: 'bigint' },
          { name: 'record', ...long },
        ],
        indices: [
          { name: indexName(this.table, 'expires_at'), columnNames: ['expires_at'] },
          { name: indexName(this.table, 'user_id'), columnNames: ['user_id'] },
        ],
      }),
    );
  }

  /** Drops the table, and every session with it. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(this.table);
  }
}
