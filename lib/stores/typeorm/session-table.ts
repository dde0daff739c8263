import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, QueryResult } from 'typeorm';
import type { Clock } from '../../core/clock.js';
import { isGivenUp, SqlError, TransactionOpenError } from './sql-error.js';
import { Statements } from './statements.js';

const MAX_TRIES = 10;
/** SQLite waits for a lock by itself before it gives up, and holds this process meanwhile. */
const RETRY_FOR_MS = 500;
const MAX_PAUSE_MS = 50;

/**
 * The table of a data source: runs its statements, each on a connection of the pool and outside of any transaction.
 * Those that the database gave up are tried again; whatever else fails is thrown as a {@link SqlError}.
 *
 * @internal
 */
export class SessionTable {
  #statements: Statements | undefined;

  constructor(
    private readonly dataSource: DataSource,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  /** Made late: a data source knows its schema once it is connected. */
  get statements(): Statements {
    return (this.#statements ??= new Statements(this.dataSource, this.name));
  }

  /** The rows that a query finds. */
  async rows<Row>(doing: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#run(doing, sql, values)).records as Row[];
  }

  /** How many rows a write changed. */
  async affected(doing: string, sql: string, values: readonly unknown[]): Promise<number> {
    return (await this.#run(doing, sql, values)).affected ?? 0;
  }

  async #run(doing: string, sql: string, values: readonly unknown[]): Promise<QueryResult> {
    const until = this.clock.now() + RETRY_FOR_MS;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#runOnce(sql, values);
      } catch (error) {
        const isOver = tries === MAX_TRIES || this.clock.now() > until;
        if (isOver || !isGivenUp(error)) throw SqlError.from(doing, error);
      }
      await pause(Math.random() * Math.min(2 ** tries, MAX_PAUSE_MS));
    }
  }

  async #runOnce(sql: string, values: readonly unknown[]): Promise<QueryResult> {
    const runner = this.dataSource.createQueryRunner();
    // A data source of SQLite has one connection for all: what is written in somebody's transaction may be rolled back.
    if (runner.isTransactionActive) throw new TransactionOpenError();
    try {
      return await runner.query(sql, [...values], true);
    } finally {
      await runner.release();
    }
  }
}
