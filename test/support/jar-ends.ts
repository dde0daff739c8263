import { COOKIE } from '../e2e/attacks/victim.js';
import type { Answer } from './browser.js';
import { CookieJar } from './cookie-jar.js';
import { ordersOf } from './orders.js';

/** What the session cookie in a jar may end as, the answers arriving in every order. */
export function endsOf(jar: CookieJar, answers: readonly Answer[]): (string | undefined)[] {
  const ends = ordersOf(answers).map((order) =>
    new CookieJar(jar).keep(order.flatMap(({ setCookie }) => setCookie)).get(COOKIE),
  );
  return [...new Set(ends)];
}
