import { type } from 'arktype';
import { type Session, sessionKey } from 'nestjs-sessions';
import * as v from 'valibot';
import { z } from 'zod';
import { Bench, type Values } from '../support/open.js';

/** The same schema by three libraries: a list of at least one item, and a coupon with a default. */
const schemas = {
  zod: z.object({
    items: z.array(z.object({ sku: z.string(), count: z.number() })),
    coupon: z.string().default('none'),
  }),
  valibot: v.object({
    items: v.array(v.object({ sku: v.string(), count: v.number() })),
    coupon: v.optional(v.string(), 'none'),
  }),
  arktype: type({
    items: type({ sku: 'string', count: 'number' }).array(),
    coupon: "string = 'none'",
  }),
};

const TEA = { items: [{ sku: 'tea', count: 2 }] };
const READ_TEA = { ...TEA, coupon: 'none' };

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

async function holding(data: Values): Promise<Session<Values>> {
  return bench.open(await bench.stored(data));
}

describe.each(Object.entries(schemas))('A key with a schema of %s', (_, schema) => {
  const cart = sessionKey('cart', schema as typeof schemas.zod);

  it('keeps what fits, and gives what the schema makes of it', async () => {
    const session = await holding({ a: 1 });
    cart.set(session, TEA);

    expect(await cart.get(session)).toEqual(READ_TEA);
    expect(await session.get('cart')).toEqual(TEA);
  });

  it('gives undefined when nothing is stored', async () => {
    expect(await cart.get(bench.open())).toBeUndefined();
  });

  it('refuses what does not fit, with the path to it and without the value', async () => {
    const session = await holding({ a: 1 });
    const wrong = { items: [TEA.items[0]!, { sku: 'secret', count: 'hidden' }] } as never;
    const refusal = expect.objectContaining({
      code: 'SESSION_VALUE_UNSUPPORTED',
      message:
        '`cart.items[1].count` does not fit the schema of `cart`. Check what comes from outside before storing it.',
    });

    expect(() => cart.set(session, wrong)).toThrow(refusal);
    await expect(cart.update(session, () => wrong)).rejects.toEqual(refusal);
    expect(await session.has('cart')).toBe(false);
  });

  it('takes a stored value that does not fit any more for absent', async () => {
    const session = await holding({ cart: { items: 'tea' } });

    expect(await cart.get(session)).toBeUndefined();
    expect(await cart.update(session, (current) => (current ? undefined : TEA))).toEqual(READ_TEA);
  });

  it('migrates one, if what comes out fits', async () => {
    const moving = sessionKey('cart', schema as typeof schemas.zod, {
      migrate: (stored) => ({ items: (stored as string[]).map((sku) => ({ sku, count: 1 })) }),
    });
    const session = await holding({ cart: ['tea', 'milk'] });
    const expected = [
      { sku: 'tea', count: 1 },
      { sku: 'milk', count: 1 },
    ];
    bench.store.takeCalls();
    expect((await moving.get(session))?.items).toEqual(expected);
    await session.save();
    expect(bench.store.takeCalls()).toBe('load');

    await moving.update(session, (current) => current);
    expect(await session.get('cart')).toMatchObject({ items: expected });
    expect(await moving.get(await holding({ cart: [7] }))).toBeUndefined();
  });

  it('updates atomically: overlapping ones lose nothing', async () => {
    const id = await bench.stored({ cart: { items: [] } });
    const skus = ['a', 'b', 'c', 'd'];
    const sessions = skus.map(() => bench.open(id));
    await Promise.all(sessions.map((session) => session.load()));
    await Promise.all(
      sessions.map((session, n) =>
        cart.update(session, (current) => ({
          items: [...(current?.items ?? []), { sku: skus[n]!, count: 1 }],
        })),
      ),
    );

    const { items = [] } = (await cart.get(bench.open(id))) ?? {};
    expect(items.map(({ sku }) => sku).toSorted()).toEqual(skus);
  });

  it('takes and deletes as a session does', async () => {
    const session = await holding({ cart: TEA });
    expect(await cart.take(session)).toEqual(READ_TEA);
    expect(await cart.get(session)).toBeUndefined();

    cart.set(session, TEA);
    cart.delete(session);
    expect(await cart.get(session)).toBeUndefined();
    await cart.update(session, () => TEA);
    expect(await cart.update(session, () => undefined)).toBeUndefined();
    expect(await session.has('cart')).toBe(false);
  });
});

describe('sessionKey', () => {
  it('keeps what JSON can keep, whatever the schema makes of it', async () => {
    const since = sessionKey(
      'since',
      z.string().transform((text) => new Date(text)),
    );
    const session = await holding({ a: 1 });
    since.set(session, '2026-11-21T00:00:00.000Z');
    await session.save();

    expect(await since.get(bench.open(session.id!))).toEqual(new Date('2026-11-21'));
    expect(await bench.read(session.id!)).toMatchObject({ since: '2026-11-21T00:00:00.000Z' });
  });

  it.each([
    ['zod', z.string().refine(() => Promise.resolve(true))],
    [
      'valibot',
      v.pipeAsync(
        v.string(),
        v.checkAsync(() => Promise.resolve(true)),
      ),
    ],
    [
      'another library, which fails',
      { '~standard': { version: 1, validate: () => Promise.reject(new Error('late')) } } as const,
    ],
  ])('refuses a schema of %s that answers by a promise', async (_, schema) => {
    const slow = sessionKey('slow', schema as z.ZodString);
    const refusal = expect.objectContaining({
      code: 'SESSION_CONFIG_INVALID',
      message:
        "Expected `sessionKey('slow')` to be given a schema that answers at once, got a promise.",
    });

    expect(() => slow.set(bench.open(), 'x')).toThrow(refusal);
    await expect(slow.get(await holding({ slow: 'x' }))).rejects.toEqual(refusal);
  });

  it('refuses what is no Standard Schema', () => {
    expect(() => sessionKey('cart', {} as never)).toThrow(
      expect.objectContaining({ code: 'SESSION_CONFIG_INVALID' }),
    );
  });

  it('lets through what a migration throws', async () => {
    const migrate = () => {
      throw new RangeError('no such version');
    };
    const key = sessionKey('n', z.number(), { migrate });

    await expect(key.get(await holding({ n: 'x' }))).rejects.toThrow('no such version');
  });

  it('names the place within records by their keys', async () => {
    const ages = sessionKey('ages', z.record(z.string(), z.number()));
    expect(() => ages.set(bench.open(), { ann: 'x' } as never)).toThrow(
      /^`ages\.ann` does not fit/,
    );
  });
});
