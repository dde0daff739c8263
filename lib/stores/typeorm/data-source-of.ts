import type { DataSource, QueryRunner } from 'typeorm';

/** The query runner of TypeORM 0.3, whose name for the property TypeORM 1 deprecates. */
interface OldQueryRunner {
  readonly dataSource?: DataSource;
  readonly connection: DataSource;
}

/**
 * The data source of a query runner, in TypeORM 0.3 and in TypeORM 1.
 *
 * @internal
 */
export function dataSourceOf(runner: QueryRunner): DataSource {
  const { dataSource, connection } = runner as OldQueryRunner;
  return dataSource ?? connection;
}
