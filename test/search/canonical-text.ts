import type { SessionRecord } from 'nestjs-sessions';
import { FIELDS, TOKEN } from './names.js';

/** A record as a number for all that is not random in it, and its random tokens in order. */
interface Shape {
  readonly pattern: number;
  readonly tokens: readonly string[];
}

const shapes = new WeakMap<SessionRecord, Shape>();
const patterns = new Map<string, number>();
const INSTANT = /^\d+$/;
/** Revisions are shorter than keys, and begin with the name of their writer. */
const LONGEST_REVISION = 20;
const WRITER_LENGTH = 12;

/**
 * The text of a state with its random tokens numbered in the order in which they occur. The library only asks whether two
 * tokens are equal, and whether two revisions are one writer's, so states of one text go on alike.
 */
export class CanonicalText {
  readonly #numbers = new Map<string, number>();
  #text = '';

  add(plain: string | number | boolean | undefined): this {
    this.#text += `${plain}|`;
    return this;
  }

  token(token: string | undefined): this {
    return this.add(token === undefined ? '-' : this.numberOf(token));
  }

  /** Tokens that occurred before, as they did; then the others. */
  inOrder(tokens: readonly string[]): readonly string[] {
    const place = (token: string): number => this.#numbers.get(token) ?? Infinity;
    return [...tokens].sort((one, other) => (place(one) < place(other) ? -1 : 1));
  }

  record(record: SessionRecord | undefined): this {
    if (!record) return this.add('-');
    const { pattern, tokens } = shapeOf(record);
    this.#text += `${pattern}(`;
    for (const token of tokens) this.#text += `${this.numberOf(token)},`;
    return this.add(')');
  }

  /** Whatever a store answers. */
  answer(answer: unknown): this {
    if (Array.isArray(answer)) {
      for (const record of answer as readonly SessionRecord[]) this.record(record);
      return this.add(answer.length);
    }
    if (typeof answer === 'object' && answer !== null) return this.record(answer as SessionRecord);
    return this.add(String(answer));
  }

  toString(): string {
    return this.#text;
  }

  numberOf(token: string): string {
    const number = this.#count(token);
    if (token.length > LONGEST_REVISION) return `${number}`;
    return `${number}.${this.#count(token.slice(0, WRITER_LENGTH))}`;
  }

  #count(token: string): number {
    let number = this.#numbers.get(token);
    if (number === undefined) this.#numbers.set(token, (number = this.#numbers.size));
    return number;
  }
}

function shapeOf(record: SessionRecord): Shape {
  let shape = shapes.get(record);
  if (shape) return shape;
  const tokens: string[] = [];
  const pattern = JSON.stringify(record).replace(TOKEN, (token) => {
    if (FIELDS.has(token) || INSTANT.test(token)) return token;
    tokens.push(token);
    return '*';
  });
  shape = { pattern: patterns.get(pattern) ?? patterns.size, tokens };
  patterns.set(pattern, shape.pattern);
  shapes.set(record, shape);
  return shape;
}

/** Two halves of 32 bits each, as one number of 53 (cyrb53). */
export function hashed(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
