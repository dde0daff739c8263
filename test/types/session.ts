/*
 * Compiled, never run. It fails to compile when the types of a session get looser: when a line below an
 * `@ts-expect-error` is accepted, or an expression has another type than is stated.
 */
import { Controller, Get, ParseIntPipe } from '@nestjs/common';
import { type } from 'arktype';
import {
  type Frozen,
  Session,
  type SessionData,
  sessionKey,
  SessionModule,
  type Sessions,
  type SessionStatus,
  type SessionStore,
  type Storable,
} from 'nestjs-sessions';
import { seedSession } from 'nestjs-sessions/testing';
import * as v from 'valibot';
import { z } from 'zod';
import { typeOf } from './expect-type.js';

interface Cart {
  items: { sku: string; tags: string[] }[];
  total: number;
}

interface Shop {
  cart: Cart;
  visits: number;
  coupon?: string;
}

interface FrozenCart {
  readonly items: readonly { readonly sku: string; readonly tags: readonly string[] }[];
  readonly total: number;
}

declare const session: Session<Shop>;
declare const bare: Session;
declare const text: string;
declare const sessions: Sessions;
declare const request: Parameters<Sessions['of']>[0];
declare const store: SessionStore;

export async function keys() {
  await session.get('cart');
  await session.has('visits');
  session.delete('coupon');

  // @ts-expect-error -- no such key
  await session.get('carts');
  // @ts-expect-error -- no such key
  await session.has('carts');
  // @ts-expect-error -- no such key
  session.set('carts', 1);
  // @ts-expect-error -- no such key
  session.delete('carts');
  // @ts-expect-error -- no such key
  await session.update('carts', () => 1);
  // @ts-expect-error -- no such key
  await session.take('carts');
  // @ts-expect-error -- any text is not a key
  await session.get(text);
}

export async function values() {
  typeOf(await session.get('visits')).is<number | undefined>(true);
  typeOf(await session.get('cart')).is<Frozen<Cart> | undefined>(true);
  typeOf(await session.take('cart')).is<Frozen<Cart> | undefined>(true);
  typeOf(await session.all()).is<Frozen<Partial<Shop>>>(true);
  session.set('cart', { items: [{ sku: 'tea', tags: [] }], total: 4 });

  // @ts-expect-error -- a number
  session.set('visits', '1');
  // @ts-expect-error -- the total is missing
  session.set('cart', { items: [] });
  // @ts-expect-error -- the total is a number
  session.set('cart', { items: [], total: '4' });
  // @ts-expect-error -- a cart has no owner
  session.set('cart', { items: [], total: 4, owner: 'you' });
  // @ts-expect-error -- the value of another key
  session.set('cart', 1);
  // @ts-expect-error -- it may be absent
  const visits: number = await session.get('visits');
  return visits;
}

export async function readOnlyValues() {
  const cart = (await session.get('cart'))!;
  const all = await session.all();
  typeOf<Frozen<Cart>>(cart).is<Frozen<FrozenCart>>(true);
  const given: FrozenCart = cart;
  session.set('cart', { ...given, items: [...given.items, { sku: 'tea', tags: ['green'] }] });

  // @ts-expect-error -- read-only
  cart.total = 1;
  // @ts-expect-error -- read-only
  cart.items.push({ sku: 'tea', tags: [] });
  // @ts-expect-error -- read-only
  cart.items[0]!.sku = 'coffee';
  // @ts-expect-error -- read-only
  cart.items[0]!.tags.push('green');
  // @ts-expect-error -- read-only
  all.visits = 1;
  // @ts-expect-error -- read-only
  all.cart!.total = 1;
  // @ts-expect-error -- a frozen cart is no cart to change
  const changeable: Cart = cart;
  return changeable;
}

export async function updates() {
  typeOf(
    await session.update('visits', (visits) => {
      typeOf(visits).is<number | undefined>(true);
      return (visits ?? 0) + 1;
    }),
  ).is<number>(true);
  typeOf(await session.update('visits', (visits = 0) => visits + 1)).is<number>(true);
  typeOf(
    await session.update('cart', (cart) => {
      typeOf(cart).is<Frozen<Cart> | undefined>(true);
      return cart && { ...cart, total: 0 };
    }),
  ).is<{ total: number; items: Frozen<Cart>['items'] } | undefined>(true);
  typeOf(await session.update('coupon', () => undefined)).is<undefined>(true);

  // @ts-expect-error -- a number
  await session.update('visits', () => '1');
  // @ts-expect-error -- it may be absent
  await session.update('visits', (visits) => visits + 1);
  // @ts-expect-error -- what it makes is stored when it is made
  await session.update('visits', async () => 1);
  // @ts-expect-error -- read-only
  await session.update('cart', (cart) => cart && ((cart.total = 0), cart));
}

export function properties() {
  typeOf(session.id).is<string | undefined>(true);
  typeOf(session.userId).is<string | undefined>(true);
  typeOf(session.status).is<SessionStatus>(true);
  session.userId = undefined;

  // @ts-expect-error -- given by `rotate`
  session.id = 'chosen';
  // @ts-expect-error -- follows from what is done
  session.status = 'new';
  // @ts-expect-error -- a text
  session.userId = 1;
}

/** `SessionData` holds what the documentation declares; the application in test/package/consumer fills it too. */
export async function withoutTypeArgument() {
  typeOf(sessions.open()).is<ReturnType<typeof sessions.open<SessionData>>>(true);
  typeOf(sessions.of(request)).is<ReturnType<typeof sessions.of<SessionData>>>(true);
  const shop: Session<Shop> = sessions.open<Shop>();
  const [listed] = await sessions.listByUser<Shop>('ann', { current: shop, show: ['cart'] });
  typeOf(listed!.data.cart?.total).is<number | undefined>(true);
  await sessions.revokeAll('ann', { except: shop });

  // @ts-expect-error -- no such key
  await sessions.listByUser<Shop>('ann', { show: ['carts'] });
  // @ts-expect-error -- a session, not its id
  await sessions.revokeAll('ann', { except: shop.id });

  // @ts-expect-error -- no such key
  await bare.get('total');
  // @ts-expect-error -- no such key
  bare.set('total', 1);
  // @ts-expect-error -- a text is no record of values
  sessions.open<string>();
  return shop;
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

interface Kept {
  json: Json;
  pair: readonly [sku: string, count?: number];
  tree: Tree;
  unknown: unknown;
  flag?: 'on' | 'off' | undefined;
  byName: Record<string, { count: number }>;
}

interface Tree {
  children: Tree[];
  parent?: Tree;
}

/** All that JSON keeps is taken, however deep, and any session where it does not matter what it holds. */
export async function whatJsonKeeps(
  kept: Session<Kept>,
  open: Session<Record<string, unknown>>,
  anySession: (one: Session<object>) => void,
) {
  typeOf(await kept.get('pair')).is<readonly [sku: string, count?: number] | undefined>(true);
  kept.set('json', [1, { deep: [null, 'a'] }]);
  kept.set('tree', { children: [{ children: [] }] });
  anySession(kept);
  anySession(open);
  anySession(bare);
  return [await kept.get('json'), await open.get('anything')];
}

export function hasKey<T extends Storable<T>>(of: Session<T>, key: keyof T & string) {
  return of.has(key);
}

@Controller()
export class ShopController {
  @Get()
  async show(
    @Session() whole: Session<Shop>,
    @Session('visits', ParseIntPipe) visits: number,
    // @ts-expect-error -- a key is a text
    @Session(1) wrong: unknown,
  ) {
    return [(await whole.get('cart'))?.total, visits, wrong];
  }
}

const cart = sessionKey(
  'cart',
  z.object({ items: z.array(z.string()), coupon: z.string().default('none') }),
);
const dated = sessionKey(
  'since',
  v.pipe(
    v.string(),
    v.transform((since) => new Date(since)),
  ),
);
const counted = sessionKey('counted', type({ count: 'number' }));

export async function keysWithSchemas() {
  cart.set(session, { items: ['tea'] });
  cart.set(bare, { items: ['tea'], coupon: 'x' });
  counted.set(session, { count: 1 });
  dated.set(session, text);
  const read = await cart.get(session);
  typeOf(read).is<{ readonly items: readonly string[]; readonly coupon: string } | undefined>(true);
  typeOf(await counted.take(session)).is<{ readonly count: number } | undefined>(true);
  (await dated.get(session))?.getTime();
  const updated = await cart.update(session, (current) => ({
    items: [...(current?.items ?? []), 'milk'],
  }));
  typeOf(updated.coupon).is<string>(true);
  const perhaps = await cart.update(session, (current) => current);
  typeOf(perhaps).is<typeof read>(true);

  // @ts-expect-error -- no such value
  cart.set(session, { items: [1] });
  // @ts-expect-error -- what is stored is a text
  dated.set(session, new Date());
  // @ts-expect-error -- values are frozen
  if (read) read.items.push('milk');
  // @ts-expect-error -- no such value
  await cart.update(session, () => ({ items: 'tea' }));
  // @ts-expect-error -- no schema
  sessionKey('cart', {});
}

export async function beside() {
  await seedSession<Shop>(store, { data: { visits: 1 }, userId: 'ann' });
  SessionModule.forRoot({ cookie: { sameSite: 'strict' }, lifetime: { idleTimeout: '1h' } });

  // @ts-expect-error -- a number
  await seedSession<Shop>(store, { data: { visits: '1' } });
  // @ts-expect-error -- no such option
  SessionModule.forRoot({ cookies: {} });
  // @ts-expect-error -- no such option
  SessionModule.forRoot({ cookie: { signed: true } });
  // @ts-expect-error -- in small letters
  SessionModule.forRoot({ cookie: { sameSite: 'Strict' } });
  // @ts-expect-error -- no store
  SessionModule.forRoot({ store: {} });
}
