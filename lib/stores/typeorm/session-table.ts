import type { DataSource } from 'typeorm';
import { backgroundClock, backOff, type Clock, systemClock } from '../../core/options/clock.js';
import { runOutsideTransactions } from './outside-transactions.js';
import type { Run, SqlResult } from './run.js';
import { givenTime, serverTime } from './server-time.js';
import { isGivenUp, SqlError } from './sql-error.js';
import { sqlTypeOf } from './sql-type.js';
import { type Statement, Statements } from './statements.js';

const MAX_TRIES = 10;
/** SQLite waits for a lock by itself before it gives up, and blocks this process meanwhile. */
const RETRY_FOR_MS = 500;
const MAX_PAUSE_MS = 50;

/** By parameter name. The table adds the current instant. */
type Values = Readonly<Record<string, unknown>>;

/**
 * The table of a data source: runs its statements, each on a connection of the pool and outside of any transaction.
 * Retries those that the database gave up, and throws any other failure as a {@link SqlError}.
 *
 * @internal
 */
export class SessionTable {
  readonly #run: Run;
  /** The current instant in statements: the database's own clock, unless a clock was given. */
  readonly #now: string;
  readonly #clock: Clock;
  #statements: Statements | undefined;

  constructor(
    private readonly dataSource: DataSource,
    readonly name: string,
    clock: Clock | undefined,
  ) {
    const type = sqlTypeOf(dataSource.options.type);
    this.#run = runOutsideTransactions(type);
    this.#now = (clock ? undefined : serverTime(type)) ?? givenTime(type);
    this.#clock = clock ?? backgroundClock;
  }

  /** Made on first use: a data source knows its schema once it is connected. */
  get statements(): Statements {
    return (this.#statements ??= new Statements(this.dataSource, this.name, this.#now));
  }

  /** The rows that a query finds. */
  async rows<Row>(doing: string, statement: Statement, values: Values = {}): Promise<Row[]> {
    return (await this.#tryToRun(doing, statement, values)).records as Row[];
  }

  /** The number of rows that a write changed. */
  async affected(doing: string, statement: Statement, values: Values): Promise<number> {
    return (await this.#tryToRun(doing, statement, values)).affected ?? 0;
  }

  async #tryToRun(doing: string, statement: Statement, values: Values): Promise<SqlResult> {
    const until = this.#clock.now() + RETRY_FOR_MS;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#runOnce(statement, values);
      } catch (error) {
        const isOver = tries === MAX_TRIES || this.#clock.now() > until;
        if (isOver || !isGivenUp(error)) throw SqlError.from(doing, error);
      }
      await backOff(systemClock, tries, MAX_PAUSE_MS);
    }
  }

  async #runOnce({ sql, parameters }: Statement, values: Values): Promise<SqlResult> {
    const present: Values = { ...values, now: this.#clock.now() };
    const runner = this.dataSource.createQueryRunner();
    try {
      return await this.#run(
        runner,
        sql,
        parameters.map((name) => present[name]),
      );
    } finally {
      await runner.release();
    }
  }
}
