import * as fc from 'fast-check';
import { frozenCopy } from '../../lib/core/record/stored-value.js';

class Cart {
  items = [];
}

describe('frozenCopy', () => {
  it('gives what JSON would give back, frozen at every depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const copy = frozenCopy(value, 'key');
        expect(copy).toEqual(JSON.parse(JSON.stringify(value)));
        expectFrozen(copy);
      }),
    );
  });

  it('is not changed by what becomes of the original', () => {
    const original = { list: [1] };
    const copy = frozenCopy(original, 'key');
    original.list.push(2);

    expect(copy).toEqual({ list: [1] });
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = { again: cycle };
  const deep = JSON.parse('['.repeat(102) + ']'.repeat(102));

  it.each([
    [
      new Date(0),
      '`key` holds an instance of Date, which JSON cannot keep. Store `date.toISOString()` or `date.getTime()`.',
    ],
    [
      new Map(),
      '`key` holds an instance of Map, which JSON cannot keep. Store `Object.fromEntries(map)`.',
    ],
    [new Set(), '`key` holds an instance of Set, which JSON cannot keep. Store `[...set]`.'],
    [
      Promise.resolve(),
      '`key` holds an instance of Promise, which JSON cannot keep. Await it first.',
    ],
    [
      new Cart(),
      '`key` holds an instance of Cart, which JSON cannot keep. Store a plain object with its fields.',
    ],
    [{ total: 5n }, '`key.total` holds a BigInt, which JSON cannot keep. Store it as a string.'],
    [
      { a: [1, undefined] },
      '`key.a[1]` holds undefined, which JSON cannot keep. Leave the key out, delete it, or store null.',
    ],
    [{ a: NaN }, '`key.a` holds NaN, which JSON cannot keep. Store a finite number or null.'],
    [-Infinity, '`key` holds -Infinity, which JSON cannot keep. Store a finite number or null.'],
    [() => 1, '`key` holds a function, which JSON cannot keep. Store data only.'],
    [Symbol('s'), '`key` holds a symbol, which JSON cannot keep. Store data only.'],
    [
      { [Symbol('s')]: 1 },
      '`key` holds a key that is a symbol, which JSON cannot keep. Use strings as keys.',
    ],
    [
      JSON.parse('{"__proto__":{"isAdmin":true}}'),
      '`key` holds the key "__proto__", which JSON cannot keep. Choose another name.',
    ],
    [
      new Array(3),
      '`key` holds an array with holes or named properties, which JSON cannot keep. Fill it, or store an object.',
    ],
    [
      cycle,
      '`key.self.again` holds a reference back to what contains it, which JSON cannot keep. Store an id instead.',
    ],
    [
      deep,
      `\`key${'[0]'.repeat(100)}\` holds more than 100 levels, which JSON cannot keep. Store flatter data.`,
    ],
  ])('refuses %p with the path and the remedy', (value, message) => {
    expect(() => frozenCopy(value, 'key')).toThrow(
      expect.objectContaining({ code: 'SESSION_VALUE_UNSUPPORTED', message }),
    );
  });

  const secretive = (): never => {
    throw new TypeError('a secret value');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  it.each([
    ['a getter', Object.defineProperty({}, 'total', { get: secretive, enumerable: true })],
    ['the getter of an item', Object.defineProperty([1], 0, { get: secretive, enumerable: true })],
    ['a proxy that lists no keys', new Proxy({}, { ownKeys: secretive })],
    ['a proxy without a prototype', new Proxy({}, { getPrototypeOf: secretive })],
    ['a proxy that gives nothing', new Proxy([1], { get: secretive })],
    ['a proxy that was revoked', revoked.proxy],
    [
      'a class whose name throws',
      Object.create({ constructor: new Proxy(secretive, { get: secretive }) }),
    ],
  ])('refuses %s that throws, by its own error and the path', (_, cart) => {
    expect(() => frozenCopy({ cart }, 'key')).toThrow(
      expect.objectContaining({
        code: 'SESSION_VALUE_UNSUPPORTED',
        message:
          '`key.cart` holds a part that throws when it is read, which JSON cannot keep. Store plain data.',
      }),
    );
  });

  it('copies what a getter gives, once', () => {
    let reads = 0;
    const copy = frozenCopy(
      Object.defineProperty({}, 'n', { get: () => ++reads, enumerable: true }),
      'key',
    );

    expect([copy, copy]).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('puts names that a client may have chosen on one line, escaped and shortened', () => {
    const hostile = `\r\n\u001b[2J\u0085\u2028\u202e\ud800"${'x'.repeat(300_000)}`;
    const refused = { [hostile]: { inner: undefined } };

    expect(() => frozenCopy(refused, 'key')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^`key\.\\r\\n\\u001b\[2J\\u\{85\}\\u\{2028\}\\u\{202e\}\\ud800\\"x{100,400}…x{100,400}\.inner` holds undefined, [ -~]{1,100}$/,
        ),
      }),
    );
  });

  it('keeps an object that is referred to twice', () => {
    const shared = { a: 1 };

    expect(frozenCopy([shared, shared], 'key')).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('takes -0 for 0, as JSON does', () => {
    expect(Object.is(frozenCopy(-0, 'key'), 0)).toBe(true);
  });

  it('keeps names of Object.prototype as ordinary keys', () => {
    const copy = frozenCopy({ constructor: 1, toString: 2, hasOwnProperty: 3 }, 'key');

    expect(JSON.stringify(copy)).toBe('{"constructor":1,"toString":2,"hasOwnProperty":3}');
  });
});

function expectFrozen(value: unknown): void {
  expect(Object.isFrozen(value)).toBe(true);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(expectFrozen);
}
