import { SessionError, valueUnsupported } from '../errors/session-errors.js';
import { shownName } from '../errors/shown-name.js';

/** Deep enough for data, and far from what would overflow the stack. @internal */
export const MAX_DEPTH = 100;

/**
 * Copies and freezes a value in one walk, so that the session keeps what JSON gives back, whatever the caller does to
 * the original. Throws SESSION_VALUE_UNSUPPORTED with the path to the first part that JSON would change or drop.
 *
 * @internal
 */
export function frozenCopy(
  value: unknown,
  path: string,
  ancestors: readonly object[] = [],
): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return storableNumber(value, path);
    case 'object':
      return value === null ? null : frozenObject(value, path, ancestors);
    case 'undefined':
      throw valueUnsupported(path, 'undefined', 'Leave the key out, delete it, or store null.');
    case 'bigint':
      throw valueUnsupported(path, 'a BigInt', 'Store it as a string.');
    case 'function':
    case 'symbol':
      throw valueUnsupported(path, `a ${typeof value}`, 'Store data only.');
  }
}

/**
 * Freezes a JSON value in place, at every depth.
 *
 * @internal
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

/** JSON writes -0 as 0, so the copy is 0 from the start. */
function storableNumber(value: number, path: string): number {
  if (!Number.isFinite(value)) {
    throw valueUnsupported(path, String(value), 'Store a finite number or null.');
  }
  return value === 0 ? 0 : value;
}

function frozenObject(value: object, path: string, ancestors: readonly object[]): object {
  if (ancestors.includes(value)) {
    throw valueUnsupported(path, 'a reference back to what contains it', 'Store an id instead.');
  }
  if (ancestors.length === MAX_DEPTH) {
    throw valueUnsupported(path, `more than ${MAX_DEPTH} levels`, 'Store flatter data.');
  }
  return Object.freeze(readable(path, () => copyOf(value, path, [...ancestors, value])));
}

function copyOf(value: object, path: string, within: readonly object[]): object {
  return Array.isArray(value) ? copyArray(value, path, within) : copyPlain(value, path, within);
}

/** Getters and proxies run foreign code, whose errors may hold anything. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw valueUnsupported(path, 'a part that throws when it is read', 'Store plain data.');
  }
}

function copyArray(array: readonly unknown[], path: string, within: readonly object[]): unknown[] {
  if (Object.keys(array).length !== array.length) {
    throw valueUnsupported(
      path,
      'an array with holes or named properties',
      'Fill it, or store an object.',
    );
  }
  return array.map((item, index) => frozenCopy(item, `${path}[${index}]`, within));
}

function copyPlain(
  object: object,
  path: string,
  within: readonly object[],
): Record<string, unknown> {
  refuseClass(object, path);
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(object)) {
    refuseKey(name, path);
    copy[name] = typeof part === 'string' ? part : frozenCopy(part, `${path}.${name}`, within);
  }
  return copy;
}

function refuseClass(object: object, path: string): void {
  if (!isPlain(object)) {
    throw valueUnsupported(path, `an instance of ${classNameOf(object)}`, remedyFor(object));
  }
  if (Object.getOwnPropertySymbols(object).length > 0) {
    throw valueUnsupported(path, 'a key that is a symbol', 'Use strings as keys.');
  }
}

/** Accepts objects of another realm too, such as those that `structuredClone` makes in some test environments. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Refuses the one key that could change an object's prototype when code copies it by assignment.
 *
 * @internal
 */
export function refuseKey(name: string, path: string): void {
  if (name === '__proto__') {
    throw valueUnsupported(path, 'the key "__proto__"', 'Choose another name.');
  }
}

function classNameOf(object: object): string {
  const { constructor } = object;
  return typeof constructor === 'function' && constructor.name
    ? shownName(constructor.name)
    : 'a class';
}

function remedyFor(object: object): string {
  if (object instanceof Date) return 'Store `date.toISOString()` or `date.getTime()`.';
  if (object instanceof Map) return 'Store `Object.fromEntries(map)`.';
  if (object instanceof Set) return 'Store `[...set]`.';
  if (object instanceof Promise) return 'Await it first.';
  return 'Store a plain object with its fields.';
}
