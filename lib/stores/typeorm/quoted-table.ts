import type { DataSource } from 'typeorm';

/**
 * The name of a table as statements write it, with the schema if the name or the data source contains one.
 *
 * @internal
 */
export function quotedTable({ driver }: DataSource, table: string): string {
  const { tableName, schema, database } = driver.parseTableName(table);
  return driver
    .buildTableName(tableName, schema, database)
    .split('.')
    .map((part) => driver.escape(part))
    .join('.');
}
