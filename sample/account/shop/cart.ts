import { sessionKey } from 'nestjs-sessions';
import { z } from 'zod';
import { type Tea, TEAS } from './teas.js';

/** Counts by tea. It is a value of the session, so a visitor keeps it when signing in. */
export const cart = sessionKey('cart', z.record(z.string(), z.int().min(1).max(99)));

export type Cart = Readonly<Record<string, number>>;

export function withOneMore(items: Cart = {}, id: string): Cart {
  return { ...items, [id]: Math.min((items[id] ?? 0) + 1, 99) };
}

export function without(items: Cart = {}, id: string): Cart {
  return Object.fromEntries(Object.entries(items).filter(([other]) => other !== id));
}

export function countOf(items: Cart = {}): number {
  return Object.values(items).reduce((sum, count) => sum + count, 0);
}

/** The lines of a cart, in the order of the shop, without discontinued teas. */
export function linesOf(
  items: Cart = {},
): readonly { readonly tea: Tea; readonly count: number }[] {
  return TEAS.map((tea) => ({ tea, count: items[tea.id] ?? 0 })).filter(({ count }) => count > 0);
}
