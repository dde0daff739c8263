import type { Logger } from 'typeorm';

type LoggedStatement = [statement: string, values: unknown[]];

/** Takes the place of TypeORM's logger and keeps the statements. */
export class StatementLog implements Logger {
  #statements: LoggedStatement[] = [];

  /** The statements since the last time this was asked. */
  take(): string[] {
    return this.takeWithValues().map(([statement]) => statement);
  }

  takeWithValues(): LoggedStatement[] {
    return this.#statements.splice(0);
  }

  takeVerbs(): string[] {
    return this.take().map((statement) => statement.split(' ')[0]!);
  }

  logQuery(statement: string, values: unknown[] = []): void {
    this.#statements.push([statement, values]);
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
