import type { Logger } from 'typeorm';

/** Takes the place of TypeORM's logger and keeps the statements. */
export class StatementLog implements Logger {
  #statements: string[] = [];

  /** The statements since the last time this was asked. */
  take(): string[] {
    return this.#statements.splice(0);
  }

  takeVerbs(): string[] {
    return this.take().map((statement) => statement.split(' ')[0]!);
  }

  logQuery(statement: string): void {
    this.#statements.push(statement);
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
