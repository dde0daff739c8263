import type { Answer, Browser } from '../../support/browser.js';

export const COOKIE = '__Host-sid';

/** What the server takes who is nobody for. */
export const NOBODY = { userId: null, note: null };

export async function seenBy(browser: Browser): Promise<unknown> {
  return (await browser.get('/who')).json();
}

/** The value of the session cookie that a browser has. */
export function valueIn(browser: Browser): string {
  const value = browser.jar.get(COOKIE);
  if (value === undefined) throw new Error('The browser has no session cookie');
  return value;
}

/** Asks as a browser does that has several cookies of one name, from several paths or domains. */
export function askWith(
  browser: Browser,
  path: string,
  values: readonly string[],
): Promise<Answer> {
  const cookie = values.map((value) => `${COOKIE}=${value}`).join('; ');
  return browser.get(path, { headers: { cookie } });
}
