import type { LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';

/** Takes the place of Nest's logger and keeps what it is given: `app.useLogger(log)`. */
export class Log implements LoggerService {
  #lines: string[] = [];

  readonly log = (...parts: unknown[]): void => this.#keep('log', parts);
  readonly warn = (...parts: unknown[]): void => this.#keep('warn', parts);
  readonly debug = (...parts: unknown[]): void => this.#keep('debug', parts);
  readonly error = (...parts: unknown[]): void => this.#keep('error', parts);

  /** The lines since the last time this was asked, each beginning with its level. */
  takeLines(): string[] {
    return this.#lines.splice(0);
  }

  #keep(level: string, parts: readonly unknown[]): void {
    // Nest passes on a stack that there is none of.
    const present = parts.filter((part) => part !== undefined);
    const texts = present.map((part) => (typeof part === 'string' ? part : inspect(part)));
    this.#lines.push([level, ...texts].join(' '));
  }
}
